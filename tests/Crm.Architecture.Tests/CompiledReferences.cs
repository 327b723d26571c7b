using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Handles = System.Collections.Immutable.ImmutableArray<System.Reflection.Metadata.EntityHandle>;
using OpCode = System.Reflection.Emit.OpCode;
using OperandType = System.Reflection.Emit.OperandType;

namespace Crm.Architecture.Tests;

/// <summary>A type of another assembly, used by a type of the one that is read.</summary>
/// <param name="From">The full name of the type that uses it, the outermost if it is nested.</param>
/// <param name="Assembly">The assembly of the used type, as the compiler resolved it.</param>
/// <param name="To">The full name of the used type, the outermost if it is nested.</param>
internal sealed record TypeUse(string From, string Assembly, string To);

/// <summary>Reads what the types of a compiled assembly use: signatures, bases, attributes and the bodies of methods.</summary>
internal sealed class CompiledReferences : ISignatureTypeProvider<Handles, object?>
{
    private static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value & 0xFFFF, code => code.OperandType);

    private readonly PEReader _file;
    private readonly MetadataReader _metadata;

    private CompiledReferences(PEReader file) => (_file, _metadata) = (file, file.GetMetadataReader());

    /// <summary>Every use of a type of another assembly.</summary>
    public static IReadOnlyCollection<TypeUse> Of(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        return new CompiledReferences(file).Read();
    }

    private HashSet<TypeUse> Read()
    {
        var uses = new HashSet<TypeUse>();
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var from = NameOf(handle);
            foreach (var used in UsedBy(_metadata.GetTypeDefinition(handle)).SelectMany(Types))
            {
                if (Outermost(used) is { } found)
                    uses.Add(new TypeUse(from, found.Assembly, found.Name));
            }
        }

        return uses;
    }

    private IEnumerable<EntityHandle> UsedBy(TypeDefinition type) =>
    [
        type.BaseType,
        .. type.GetInterfaceImplementations().Select(i => _metadata.GetInterfaceImplementation(i).Interface),
        .. Attributes(type.GetCustomAttributes()),
        .. Constraints(type.GetGenericParameters()),
        .. type.GetFields().Select(_metadata.GetFieldDefinition).SelectMany(f => f.DecodeSignature(this, null)),
        .. type.GetFields().Select(_metadata.GetFieldDefinition).SelectMany(f => Attributes(f.GetCustomAttributes())),
        .. type.GetProperties().Select(_metadata.GetPropertyDefinition).SelectMany(p => Attributes(p.GetCustomAttributes())),
        .. type.GetMethods().Select(_metadata.GetMethodDefinition).SelectMany(UsedBy),
    ];

    private IEnumerable<EntityHandle> UsedBy(MethodDefinition method)
    {
        var used = new List<EntityHandle>(Flat(method.DecodeSignature(this, null)));
        used.AddRange(Attributes(method.GetCustomAttributes()));
        used.AddRange(Constraints(method.GetGenericParameters()));
        used.AddRange(method.GetParameters().SelectMany(p => Attributes(_metadata.GetParameter(p).GetCustomAttributes())));
        if (method.RelativeVirtualAddress == 0)
            return used;

        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
            used.AddRange(_metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(this, null).SelectMany(t => t));
        used.AddRange(body.ExceptionRegions.Select(r => r.CatchType));
        used.AddRange(Tokens(body.GetILReader()));
        return used;
    }

    private static List<EntityHandle> Tokens(BlobReader code)
    {
        var tokens = new List<EntityHandle>();
        while (code.RemainingBytes > 0)
        {
            int value = code.ReadByte();
            switch (Operands[value == 0xFE ? 0xFE00 | code.ReadByte() : value])
            {
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType:
                    tokens.Add((EntityHandle)MetadataTokens.Handle(code.ReadInt32()));
                    break;
                case OperandType.InlineSwitch:
                    var targets = code.ReadInt32();
                    code.Offset += 4 * targets;
                    break;
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.Offset += 1;
                    break;
                case OperandType.InlineVar:
                    code.Offset += 2;
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.Offset += 8;
                    break;
                default:
                    code.Offset += 4;
                    break;
            }
        }

        return tokens;
    }

    private IEnumerable<EntityHandle> Attributes(CustomAttributeHandleCollection attributes) =>
        attributes.Select(a => _metadata.GetCustomAttribute(a).Constructor);

    private IEnumerable<EntityHandle> Constraints(GenericParameterHandleCollection parameters) => parameters
        .SelectMany(p => _metadata.GetGenericParameter(p).GetConstraints())
        .Select(c => _metadata.GetGenericParameterConstraint(c).Type);

    // The types behind a handle: those of a member's signature and of the type it belongs to, those a generic type is made of.
    private IEnumerable<EntityHandle> Types(EntityHandle handle) => handle.IsNil ? [] : handle.Kind switch
    {
        HandleKind.TypeReference => [handle],
        HandleKind.TypeSpecification =>
            _metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(this, null).SelectMany(Types),
        HandleKind.MemberReference => Member(_metadata.GetMemberReference((MemberReferenceHandle)handle)).SelectMany(Types),
        HandleKind.MethodSpecification => Method(_metadata.GetMethodSpecification((MethodSpecificationHandle)handle)).SelectMany(Types),
        HandleKind.StandaloneSignature =>
            Flat(_metadata.GetStandaloneSignature((StandaloneSignatureHandle)handle).DecodeMethodSignature(this, null)).SelectMany(Types),
        _ => [],
    };

    private IEnumerable<EntityHandle> Member(MemberReference member) =>
        member.GetKind() == MemberReferenceKind.Field
            ? [member.Parent, .. member.DecodeFieldSignature(this, null)]
            : [member.Parent, .. Flat(member.DecodeMethodSignature(this, null))];

    private IEnumerable<EntityHandle> Method(MethodSpecification method) =>
        [method.Method, .. method.DecodeSignature(this, null).SelectMany(t => t)];

    private static IEnumerable<EntityHandle> Flat(MethodSignature<Handles> signature) =>
        [.. signature.ReturnType, .. signature.ParameterTypes.SelectMany(t => t)];

    private (string Assembly, string Name)? Outermost(EntityHandle handle)
    {
        var type = _metadata.GetTypeReference((TypeReferenceHandle)handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
            type = _metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        if (type.ResolutionScope.Kind != HandleKind.AssemblyReference)
            return null;
        var assembly = _metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope);
        return (_metadata.GetString(assembly.Name), $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}");
    }

    private string NameOf(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return $"{_metadata.GetString(type.Namespace)}.{_metadata.GetString(type.Name)}";
    }

    Handles ISimpleTypeProvider<Handles>.GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    Handles ISimpleTypeProvider<Handles>.GetTypeFromDefinition(
        MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) => [handle];

    Handles ISimpleTypeProvider<Handles>.GetTypeFromReference(
        MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => [handle];

    Handles ISignatureTypeProvider<Handles, object?>.GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => [handle];

    Handles ISZArrayTypeProvider<Handles>.GetSZArrayType(Handles elementType) => elementType;

    Handles IConstructedTypeProvider<Handles>.GetArrayType(
        Handles elementType, ArrayShape shape) => elementType;

    Handles IConstructedTypeProvider<Handles>.GetByReferenceType(Handles elementType) => elementType;

    Handles IConstructedTypeProvider<Handles>.GetPointerType(Handles elementType) => elementType;

    Handles IConstructedTypeProvider<Handles>.GetGenericInstantiation(
        Handles genericType, ImmutableArray<Handles> typeArguments) =>
        [.. genericType, .. typeArguments.SelectMany(t => t)];

    Handles ISignatureTypeProvider<Handles, object?>.GetFunctionPointerType(
        MethodSignature<Handles> signature) => [.. Flat(signature)];

    Handles ISignatureTypeProvider<Handles, object?>.GetGenericMethodParameter(object? genericContext, int index) => [];

    Handles ISignatureTypeProvider<Handles, object?>.GetGenericTypeParameter(object? genericContext, int index) => [];

    Handles ISignatureTypeProvider<Handles, object?>.GetModifiedType(
        Handles modifier, Handles unmodifiedType, bool isRequired) => [.. modifier, .. unmodifiedType];

    Handles ISignatureTypeProvider<Handles, object?>.GetPinnedType(Handles elementType) => elementType;
}
