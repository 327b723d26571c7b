using System.Reflection;
using System.Runtime.CompilerServices;

namespace Crm.Application.Records;

/// <summary>Reads off an entity's property when a client may set it.</summary>
internal static class FieldWriting
{
    /// <summary>Tells when a client may set a property.</summary>
    public static FieldWrite Of(PropertyInfo property)
    {
        if (property.SetMethod is not { IsPublic: true } setter)
            return FieldWrite.Never;
        return setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? FieldWrite.OnCreate : FieldWrite.Always;
    }
}
