namespace Crm.Application.Messaging;

/// <summary>
/// Marks a command that loads an aggregate, changes it by its rules and saves through EF: it runs in one explicit transaction, and the
/// ChangeLog behavior saves it and writes the entries. Commands that the record engine carries out in one statement need no marker,
/// because that statement is a transaction by itself.
/// </summary>
public interface ITransactional;
