using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>Reads indexes strictly; what they hold beside files and sizes is passed over.</summary>
internal ref struct IndexParser
{
    private StrictJson _json;
    private ImmutableSortedDictionary<string, string>.Builder? _map;
    private long? _size;
    private long? _parameters;

    /// <param name="json">The file's bytes.</param>
    /// <param name="subject">What the sentence about a fault begins with.</param>
    public static SafetensorsIndex Parse(ReadOnlySpan<byte> json, string subject)
    {
        var parser = new IndexParser
        {
            _json = new(
                json,
                "it",
                start: null,
                (why, inner) => new($"{subject} is no valid index of a checkpoint: {why}.", inner)
            ),
        };
        return parser.Read();
    }

    private SafetensorsIndex Read()
    {
        _json.Begin();
        JsonNames names = default;
        while (_json.NextName(ref names))
        {
            if (_json.IsName("weight_map"u8))
            {
                ReadWeightMap();
            }
            else if (_json.IsName("metadata"u8))
            {
                ReadMetadata();
            }
            else
            {
                _json.Skip();
            }
        }
        _json.End();
        if (_map is null)
        {
            throw _json.Fault("it lacks its weight_map, which says which tensor is in which file");
        }
        return new(_map.ToImmutable()) { TotalSize = _size, TotalParameters = _parameters };
    }

    private void ReadWeightMap()
    {
        if (_json.Type != JsonTokenType.StartObject)
        {
            throw _json.Fault($"its weight_map is {_json.Kind}, where an object of file names belongs");
        }
        _map = ImmutableSortedDictionary.CreateBuilder<string, string>(CodePointOrder.Instance);
        JsonNames names = default;
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_json.NextName(ref names))
        {
            string tensor = _json.Name();
            if (_json.Type != JsonTokenType.String)
            {
                throw _json.Fault(
                    $"the file of the tensor {Quoted.Text(tensor)} is {_json.Kind}, where a name belongs"
                );
            }
            string file = _json.Text();
            // Thousands of tensors share a few names.
            if (!files.TryGetValue(file, out string? known))
            {
                if (ShardName.Fault(file) is { } fault)
                {
                    throw _json.Fault($"the file {Quoted.Text(file)} of the tensor {Quoted.Text(tensor)} {fault}");
                }
                files.Add(file, known = file);
            }
            _map.Add(tensor, known);
        }
        if (_map.Count == 0)
        {
            throw _json.Fault("its weight_map is empty");
        }
    }

    private void ReadMetadata()
    {
        if (_json.Type == JsonTokenType.Null)
        {
            return;
        }
        if (_json.Type != JsonTokenType.StartObject)
        {
            throw _json.Fault($"its metadata are {_json.Kind}, where an object belongs");
        }
        JsonNames names = default;
        while (_json.NextName(ref names))
        {
            if (_json.IsName("total_size"u8))
            {
                _size = Whole("total_size");
            }
            else if (_json.IsName("total_parameters"u8))
            {
                _parameters = Whole("total_parameters");
            }
            else
            {
                _json.Skip();
            }
        }
    }

    /// <summary>Some writers have it as a floating-point number.</summary>
    private readonly long? Whole(string name)
    {
        if (_json.Type == JsonTokenType.Null)
        {
            return null;
        }
        return
            _json.Type == JsonTokenType.Number
            && _json.Bytes.Length < 40
            && decimal.TryParse(
                Encoding.UTF8.GetString(_json.Bytes),
                NumberStyles.Float,
                CultureInfo.InvariantCulture,
                out decimal number
            )
            && number >= 0
            && number <= long.MaxValue
            && decimal.IsInteger(number)
            ? (long)number
            : throw _json.Fault($"its {name} is {_json.Kind}, where a whole number of 0 or more belongs");
    }
}
