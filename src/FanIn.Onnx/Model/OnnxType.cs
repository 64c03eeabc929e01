namespace FanIn.Onnx;

/// <summary>ONNX's element types: TensorProto.DataType.</summary>
internal enum OnnxType
{
    Undefined = 0,
    Float = 1,
    UInt8 = 2,
    Int8 = 3,
    UInt16 = 4,
    Int16 = 5,
    Int32 = 6,
    Int64 = 7,
    String = 8,
    Bool = 9,
    Float16 = 10,
    Double = 11,
    UInt32 = 12,
    UInt64 = 13,
    Complex64 = 14,
    Complex128 = 15,
    BFloat16 = 16,
    Float8E4M3Fn = 17,
    Float8E4M3Fnuz = 18,
    Float8E5M2 = 19,
    Float8E5M2Fnuz = 20,
    UInt4 = 21,
    Int4 = 22,
    Float4E2M1 = 23,
    Float8E8M0 = 24,
    UInt2 = 25,
    Int2 = 26,
}

/// <summary>What each element type is.</summary>
internal static class OnnxTypes
{
    /// <summary>The type of a number in a file; null where there is no such type.</summary>
    public static OnnxType? Of(long number) => number is >= 0 and <= (long)OnnxType.Int2 ? (OnnxType)number : null;

    /// <summary>Bits of one element as raw data; 0 for strings and for no type at all.</summary>
    public static int Bits(OnnxType type) =>
        type switch
        {
            OnnxType.Complex128 => 128,
            OnnxType.Double or OnnxType.Int64 or OnnxType.UInt64 or OnnxType.Complex64 => 64,
            OnnxType.Float or OnnxType.Int32 or OnnxType.UInt32 => 32,
            OnnxType.Float16 or OnnxType.BFloat16 or OnnxType.Int16 or OnnxType.UInt16 => 16,
            OnnxType.UInt4 or OnnxType.Int4 or OnnxType.Float4E2M1 => 4,
            OnnxType.UInt2 or OnnxType.Int2 => 2,
            OnnxType.Undefined or OnnxType.String => 0,
            _ => 8,
        };

    /// <summary>The type that FanIn has for it; null where it has none.</summary>
    public static ElementType? ElementOf(OnnxType type) =>
        type switch
        {
            OnnxType.Float => ElementType.Float32,
            OnnxType.Double => ElementType.Float64,
            OnnxType.Float16 => ElementType.Float16,
            OnnxType.BFloat16 => ElementType.BFloat16,
            _ => null,
        };

    /// <summary>The field that elements are in where they aren't raw; null for types that have none.</summary>
    public static TypedField? FieldOf(OnnxType type) =>
        type switch
        {
            OnnxType.Float or OnnxType.Complex64 => TypedField.Single,
            OnnxType.Double or OnnxType.Complex128 => TypedField.Double,
            OnnxType.Int64 => TypedField.Int64,
            OnnxType.UInt32 or OnnxType.UInt64 => TypedField.UInt64,
            OnnxType.Undefined or OnnxType.String => null,
            _ => TypedField.Int32,
        };

    /// <summary>ONNX's word for a type in a tensor's signature: <c>float16</c>.</summary>
    public static string Word(int type) => Of(type) is { } known ? known.ToString().ToLowerInvariant() : $"type {type}";
}

/// <summary>The fields of typed values.</summary>
internal enum TypedField
{
    Single,
    Int32,
    Int64,
    Double,
    UInt64,
}
