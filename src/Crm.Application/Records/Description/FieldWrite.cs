namespace Crm.Application.Records;

/// <summary>When a client may set a field.</summary>
public enum FieldWrite
{
    /// <summary>Never: the system keeps it.</summary>
    Never,

    /// <summary>Only while the record is created.</summary>
    OnCreate,

    /// <summary>Whenever the record is written.</summary>
    Always,
}
