using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>
/// The index of a checkpoint of several files, <c>model.safetensors.index.json</c>: which tensor is in which file.
/// </summary>
/// <remarks>Written as transformers writes it (modeling_utils.py, <c>save_pretrained</c>), to the byte.</remarks>
public sealed record SafetensorsIndex
{
    /// <summary>What the index is called.</summary>
    public const string FileName = "model.safetensors.index.json";

    /// <summary>Creates an index.</summary>
    /// <param name="weightMap">The file's name for each tensor.</param>
    /// <exception cref="ArgumentException">A file's name isn't a plain one, of a file beside the index.</exception>
    public SafetensorsIndex(IReadOnlyDictionary<string, string> weightMap)
    {
        ArgumentNullException.ThrowIfNull(weightMap);
        foreach ((string tensor, string file) in weightMap)
        {
            if (ShardName.Fault(file) is { } fault)
            {
                throw new ArgumentException(
                    $"The file {Quoted.Text(file)} of the tensor {Quoted.Text(tensor)} {fault}.",
                    nameof(weightMap)
                );
            }
        }
        WeightMap = weightMap.ToImmutableSortedDictionary(CodePointOrder.Instance);
    }

    /// <summary>Creates an index of files whose names were checked.</summary>
    internal SafetensorsIndex(ImmutableSortedDictionary<string, string> weightMap) => WeightMap = weightMap;

    /// <summary>The file's name for each tensor, sorted by the tensors' names.</summary>
    public ImmutableSortedDictionary<string, string> WeightMap { get; }

    /// <summary>The bytes of all tensors, without headers; null where the index doesn't say.</summary>
    public long? TotalSize { get; init; }

    /// <summary>
    /// The number of the model's parameters, as newer indexes have it; null where it doesn't say. Tied ones may be in it
    /// twice: it needn't fit <see cref="TotalSize"/>.
    /// </summary>
    public long? TotalParameters { get; init; }

    /// <summary>The names of the files, each once, sorted.</summary>
    public ImmutableArray<string> Files => [.. WeightMap.Values.Distinct().Order(CodePointOrder.Instance)];

    /// <summary>Reads an index, strictly.</summary>
    /// <param name="json">The file's bytes.</param>
    /// <exception cref="SafetensorsException">It is no index, or names files that aren't beside it.</exception>
    public static SafetensorsIndex Parse(ReadOnlySpan<byte> json) => IndexParser.Parse(json, HeaderParser.Unnamed);

    /// <summary>The index as JSON, as transformers writes it: indented by 2, sorted, in ASCII, with a line feed at the end.</summary>
    public string ToJson()
    {
        var json = new StringBuilder("{\n  \"metadata\": {");
        string separator = "\n";
        Number("total_parameters", TotalParameters);
        Number("total_size", TotalSize);
        json.Append(separator == "\n" ? "},\n" : "\n  },\n").Append("  \"weight_map\": {");
        separator = "\n";
        foreach ((string tensor, string file) in WeightMap)
        {
            json.Append(separator).Append("    ");
            AppendText(json, tensor);
            AppendText(json.Append(": "), file);
            separator = ",\n";
        }
        return json.Append(WeightMap.IsEmpty ? "}\n}\n" : "\n  }\n}\n").ToString();

        void Number(string name, long? value)
        {
            if (value is { } number)
            {
                json.Append(separator).Append(CultureInfo.InvariantCulture, $"    \"{name}\": {number}");
                separator = ",\n";
            }
        }
    }

    /// <summary>True when all is equal.</summary>
    public bool Equals(SafetensorsIndex? other) =>
        other is not null
        && (TotalSize, TotalParameters) == (other.TotalSize, other.TotalParameters)
        && WeightMap.SequenceEqual(other.WeightMap);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(WeightMap.Count, TotalSize, TotalParameters);

    /// <summary>As Python's <c>json.dumps</c> escapes, which leaves only what shows in ASCII.</summary>
    private static void AppendText(StringBuilder json, string text)
    {
        json.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => json.Append("\\\""),
                '\\' => json.Append("\\\\"),
                '\n' => json.Append("\\n"),
                '\r' => json.Append("\\r"),
                '\t' => json.Append("\\t"),
                '\b' => json.Append("\\b"),
                '\f' => json.Append("\\f"),
                >= ' ' and <= '~' => json.Append(c),
                _ => json.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }
        json.Append('"');
    }
}
