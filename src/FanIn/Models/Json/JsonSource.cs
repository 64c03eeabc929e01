using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FanIn;

/// <summary>
/// A value of a JSON text with the line that it stands on, for readers that say where something is wrong. Strict: no
/// comments, no trailing commas, no duplicate or unknown properties.
/// </summary>
internal sealed class JsonSource
{
    private const int MaxDepth = 16;
    private static readonly UTF8Encoding s_utf8 = new(false, throwOnInvalidBytes: true);

    private readonly List<(string Name, JsonSource Value)> _properties = [];
    private readonly List<JsonSource> _items = [];
    private string _text = "";

    private JsonSource(JsonTokenType kind, int line, string path) => (Kind, Line, Path) = (kind, line, path);

    /// <summary>StartObject and StartArray stand for the whole.</summary>
    public JsonTokenType Kind { get; }

    public int Line { get; }

    /// <summary>Where it is: <c>rules[2].init</c>.</summary>
    public string Path { get; }

    /// <param name="json">The text.</param>
    /// <param name="what">What it should be, for messages.</param>
    /// <param name="maxLength">More characters than this are refused.</param>
    /// <exception cref="SpellingException">It isn't valid JSON, is too long, or nested too deep; says the line.</exception>
    public static JsonSource Parse(string json, string what, int maxLength)
    {
        ArgumentNullException.ThrowIfNull(json);
        if (json.Length > maxLength)
        {
            throw new SpellingException($"the {what} has {json.Length} characters; at most {maxLength} are read");
        }
        byte[] bytes;
        try
        {
            bytes = s_utf8.GetBytes(json.TrimStart('\uFEFF'));
        }
        catch (EncoderFallbackException e)
        {
            throw new SpellingException($"the {what} isn't well-formed Unicode: it has half of a surrogate pair", e);
        }
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = MaxDepth });
        var lines = new LineCounter(bytes);
        try
        {
            reader.Read();
            JsonSource root = ReadValue(ref reader, ref lines, "");
            reader.Read();
            return root;
        }
        catch (JsonException e)
        {
            string why = Reason(bytes, e.LineNumber ?? 0, e.BytePositionInLine ?? 0, reader.CurrentDepth);
            throw new SpellingException($"line {e.LineNumber + 1}: the {what} isn't valid JSON: {Shown(why)}", e);
        }
        catch (InvalidOperationException e)
        {
            throw new SpellingException($"line {lines.Line}: a text isn't well-formed Unicode", e);
        }
    }

    /// <summary>What stands where reading stopped, in a few words.</summary>
    private static string Reason(ReadOnlySpan<byte> text, long line, long position, int depth)
    {
        ReadOnlySpan<byte> rest = text;
        for (; line > 0 && rest.IndexOf((byte)'\n') is >= 0 and var end; line--)
        {
            rest = rest[(end + 1)..];
        }
        int at = (int)Math.Min(position, rest.Length);
        // A word that begins as true, false or null do is wrong as a whole.
        while (
            at > 0 && at < rest.Length && char.IsAsciiLetter((char)rest[at]) && char.IsAsciiLetter((char)rest[at - 1])
        )
        {
            at--;
        }
        ReadOnlySpan<byte> before = text[..(text.Length - rest.Length + at)].TrimEnd(" \t\r\n"u8);
        ReadOnlySpan<byte> here = rest[at..];
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            return "it is empty";
        }
        if (here.Trim(" \t\r\n"u8).IsEmpty)
        {
            return "it ends before a bracket, a brace or a quotation mark is closed";
        }
        Rune.DecodeFromUtf8(here, out Rune found, out _);
        bool isDeep =
            depth >= MaxDepth - 1
            && here[0] is (byte)'[' or (byte)'{'
            && before is [.., (byte)'[' or (byte)',' or (byte)':'];
        return isDeep ? $"it is nested more than {MaxDepth} deep"
            : here[0] == '/' ? "comments aren't allowed"
            : here[0] is (byte)'}' or (byte)']' && before.EndsWith(","u8) ? $"no comma may stand before '{found}'"
            : $"'{found}' is not what can stand at column {Encoding.UTF8.GetCharCount(rest[..at]) + 1}";
    }

    public SpellingException Fault(string sentence) => new($"line {Line}: {Shown(sentence)}");

    public SpellingException Fault(string sentence, Exception inner) => new($"line {Line}: {Shown(sentence)}", inner);

    /// <exception cref="SpellingException">It is no object, or has other properties than <paramref name="known"/>.</exception>
    public void CheckObject(string what, params IReadOnlyCollection<string> known)
    {
        if (Kind != JsonTokenType.StartObject)
        {
            throw Fault($"{Where(what)} must be an object, not {KindName}");
        }
        foreach ((string name, JsonSource value) in _properties)
        {
            if (!known.Contains(name))
            {
                throw value.Fault(Spelling.Unknown($"property of {what}", name, known));
            }
        }
    }

    /// <summary>The property, or null where it isn't there.</summary>
    public JsonSource? Property(string name) => _properties.FirstOrDefault(p => p.Name == name).Value;

    /// <exception cref="SpellingException">It isn't there.</exception>
    public JsonSource Required(string name) =>
        Property(name) ?? throw Fault($"{Where("the document")} lacks its property '{name}'");

    /// <exception cref="SpellingException">It is no array.</exception>
    public IReadOnlyList<JsonSource> Items() =>
        Kind == JsonTokenType.StartArray ? _items : throw Fault($"'{Path}' must be a list, not {KindName}");

    /// <exception cref="SpellingException">It is no text.</exception>
    public string Text() =>
        Kind == JsonTokenType.String ? _text : throw Fault($"'{Path}' must be a text, not {KindName}");

    /// <exception cref="SpellingException">It is no truth value.</exception>
    public bool Flag() =>
        Kind is JsonTokenType.True or JsonTokenType.False
            ? Kind == JsonTokenType.True
            : throw Fault($"'{Path}' must be true or false, not {KindName}");

    /// <exception cref="SpellingException">It is no whole number, or outside the range.</exception>
    public long Whole(long minimum, long maximum) =>
        Kind == JsonTokenType.Number
        && long.TryParse(_text, CultureInfo.InvariantCulture, out long value)
        && value >= minimum
        && value <= maximum
            ? value
            : throw Fault(
                $"'{Path}' must be a whole number from {minimum} to {maximum}, not {(Kind == JsonTokenType.Number ? _text : KindName)}"
            );

    /// <summary>A number, or null where null stands.</summary>
    /// <exception cref="SpellingException">It is neither.</exception>
    public double? NumberOrNull() =>
        Kind == JsonTokenType.Null ? null
        : Kind == JsonTokenType.Number && double.TryParse(_text, CultureInfo.InvariantCulture, out double value) ? value
        : throw Fault($"'{Path}' must be a number, not {KindName}");

    private string Where(string otherwise) => Path.Length == 0 ? otherwise : $"'{Path}'";

    private string KindName =>
        Kind switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => $"the text {Spelling.Quote(_text)}",
            JsonTokenType.Number => $"the number {(_text.Length > 30 ? $"{_text[..27]}..." : _text)}",
            JsonTokenType.Null => "null",
            _ => Kind == JsonTokenType.True ? "true" : "false",
        };

    private static JsonSource ReadValue(ref Utf8JsonReader reader, ref LineCounter lines, string path)
    {
        var value = new JsonSource(reader.TokenType, lines.At(reader.TokenStartIndex), path);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var names = new HashSet<string>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                {
                    string name = reader.GetString()!;
                    if (!names.Add(name))
                    {
                        throw new SpellingException(
                            $"line {lines.At(reader.TokenStartIndex)}: {Shown(value.Where("the document"))} has its property {Spelling.Quote(name)} twice"
                        );
                    }
                    reader.Read();
                    value._properties.Add(
                        (name, ReadValue(ref reader, ref lines, path.Length == 0 ? name : $"{path}.{name}"))
                    );
                }
                break;
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    value._items.Add(ReadValue(ref reader, ref lines, $"{path}[{value._items.Count}]"));
                }
                break;
            case JsonTokenType.String:
                value._text = reader.GetString()!;
                break;
            case JsonTokenType.Number:
                value._text = Encoding.UTF8.GetString(reader.ValueSpan);
                break;
        }
        return value;
    }

    /// <summary>Names out of the text may hold anything.</summary>
    private static string Shown(string text) =>
        string.Concat(
            text.Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format ? '?' : c)
        );

    /// <summary>Counts on from the last place asked for: places only go forward.</summary>
    private ref struct LineCounter(ReadOnlySpan<byte> text)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;

        public int Line { get; private set; } = 1;

        public int At(long index)
        {
            if (index > _at)
            {
                Line += _text[_at..(int)index].Count((byte)'\n');
                _at = (int)index;
            }
            return Line;
        }
    }
}
