using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FanIn.Checkpoints;

/// <summary>Reads indexes strictly; what they hold beside files and sizes is passed over.</summary>
internal ref struct IndexParser
{
    private StrictJson _json;
    private Dictionary<string, string>? _map;
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
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_json.NextName(names, out string name))
        {
            switch (name)
            {
                case "weight_map":
                    ReadWeightMap();
                    break;
                case "metadata":
                    ReadMetadata();
                    break;
                default:
                    _json.Skip();
                    break;
            }
        }
        _json.End();
        if (_map is null)
        {
            throw _json.Fault("it lacks its weight_map, which says which tensor is in which file");
        }
        return new(_map) { TotalSize = _size, TotalParameters = _parameters };
    }

    private void ReadWeightMap()
    {
        if (_json.Type != JsonTokenType.StartObject)
        {
            throw _json.Fault($"its weight_map is {_json.Kind}, where an object of file names belongs");
        }
        _map = new(StringComparer.Ordinal);
        var names = new HashSet<string>(StringComparer.Ordinal);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        while (_json.NextName(names, out string tensor))
        {
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
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (_json.NextName(names, out string name))
        {
            switch (name)
            {
                case "total_size":
                    _size = Whole(name);
                    break;
                case "total_parameters":
                    _parameters = Whole(name);
                    break;
                default:
                    _json.Skip();
                    break;
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
