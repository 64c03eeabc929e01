namespace FanIn.Onnx;

/// <summary>A tensor as the file has it: its values stay where they lie.</summary>
internal sealed class TensorData
{
    private List<ByteRange>?[]? _typed;

    public string Name { get; set; } = "";
    public long DataType { get; set; }
    public List<long> Shape { get; } = [];
    public ByteRange? Raw { get; set; }
    public int Texts { get; set; }
    public bool IsExternal { get; set; }
    public Dictionary<string, string>? External { get; set; }

    /// <summary>Where external data lies; set when the model was checked.</summary>
    public ExternalRange? ExternalRange { get; set; }

    /// <summary>The type; only of a checked tensor.</summary>
    public OnnxType Type => (OnnxType)DataType;

    /// <summary>The number of elements; only of a checked tensor.</summary>
    public long Count => Sizes.Product(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Shape)) ?? 0;

    /// <summary>Where the values of a typed field lie.</summary>
    public List<ByteRange> Typed(TypedField field) => (_typed ??= new List<ByteRange>?[5])[(int)field] ??= [];

    /// <summary>The same, without making room for it.</summary>
    public IReadOnlyList<ByteRange> TypedOrNone(TypedField field) =>
        _typed?[(int)field] ?? (IReadOnlyList<ByteRange>)[];

    /// <summary>
    /// Where in the file all values lie one after the other, as raw data has them; null where they don't.
    /// </summary>
    public ByteRange? InPlace =>
        IsExternal ? null
        : Raw is { } raw ? raw
        : Type is OnnxType.Float && TypedOrNone(TypedField.Single) is [var singles] ? singles
        : Type is OnnxType.Double && TypedOrNone(TypedField.Double) is [var doubles] ? doubles
        : null;

    /// <summary>Null where type, shape and data agree; otherwise what doesn't, without the tensor's name.</summary>
    public string? Fault(ReadOnlySpan<byte> file)
    {
        if (OnnxTypes.Of(DataType) is not { } type)
        {
            return $"has the element type {DataType}, which ONNX doesn't have";
        }
        if (Sizes.Product(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(Shape)) is not { } count)
        {
            return $"has the shape [{string.Join(", ", Shape)}], which no tensor can have";
        }
        if (type == OnnxType.Undefined)
        {
            return "has no element type";
        }
        if (type == OnnxType.String)
        {
            return Texts == count ? null : $"has {Texts} texts where [{string.Join(", ", Shape)}] holds {count}";
        }
        Int128 bytes = (((Int128)count * OnnxTypes.Bits(type)) + 7) / 8;
        if (IsExternal)
        {
            return null;
        }
        if (Raw is { } raw)
        {
            return raw.Length == bytes
                ? null
                : $"has {raw.Length} bytes where [{string.Join(", ", Shape)}] of {OnnxTypes.Word((int)type)} takes {bytes}";
        }
        long found = 0;
        if (OnnxTypes.FieldOf(type) is { } field)
        {
            foreach (ByteRange range in TypedOrNone(field))
            {
                found += field switch
                {
                    TypedField.Single => range.Length / 4,
                    TypedField.Double => range.Length / 8,
                    _ => WireReader.CountVarints(file, range),
                };
            }
        }
        long wanted =
            type is OnnxType.Complex64 or OnnxType.Complex128 ? count * 2
            : OnnxTypes.Bits(type) < 8 ? (long)bytes
            : count;
        return found == wanted ? null : $"has {found} values where [{string.Join(", ", Shape)}] holds {count}";
    }
}
