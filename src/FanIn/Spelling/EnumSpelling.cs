using System.Collections.Immutable;

namespace FanIn;

/// <summary>
/// The words for an enumeration's members in text forms and JSON, in order of their values (which count from 0):
/// snake case of the names, but for the fan modes and element types, which have their customary words.
/// </summary>
internal static class EnumSpelling<TEnum>
    where TEnum : struct, Enum
{
    public static ImmutableArray<string> Names { get; } =
    [
        .. typeof(TEnum) == typeof(FanMode) ? ["fan_in", "fan_out", "fan_avg", "fan_geo_avg"]
        : typeof(TEnum) == typeof(ElementType) ? ["float32", "float64", "bfloat16", "float16"]
        : Enum.GetNames<TEnum>().Select(SnakeCase),
    ];

    /// <summary>The place of a word, or of what a framework calls it; -1 where it is neither.</summary>
    public static int IndexOf(string word) =>
        Names.IndexOf(typeof(TEnum) == typeof(WeightLayout) ? LayoutOfFramework(word) : word);

    private static string LayoutOfFramework(string word) =>
        word switch
        {
            "jax" or "flax" or "tf" or "tensorflow" or "onnx_matmul" => "keras",
            "onnx_conv" or "pytorch" => "torch",
            "onnx_conv_transpose" => "torch_transposed",
            _ => word,
        };

    private static string SnakeCase(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? (i > 0 ? "_" : "") + char.ToLowerInvariant(c) : $"{c}"));
}
