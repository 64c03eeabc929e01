using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace FanIn.Checkpoints;

/// <summary>
/// Goes through a JSON text token by token, and says where something is wrong. Stricter than JSON: no name twice in one
/// object, no half of a surrogate pair, an end to nesting. Takes no memory but what is asked for,
/// and for many names.
/// </summary>
internal ref struct StrictJson
{
    /// <summary>More than any file of a checkpoint takes.</summary>
    private const int MaxDepth = 16;

    private readonly ReadOnlySpan<byte> _text;
    private readonly string _what;
    private readonly int? _start;
    private readonly Func<string, Exception?, SafetensorsException> _fault;
    private Utf8JsonReader _reader;

    /// <summary>As it stood at the last name.</summary>
    private Utf8JsonReader _name;

    private byte[] _scratch = [];

    /// <param name="text">The whole text.</param>
    /// <param name="what">What the text is called in a sentence.</param>
    /// <param name="start">Where it begins in its file, where places are given in bytes; null where they are lines.</param>
    /// <param name="fault">Makes the error of what is wrong, as the rest of a sentence.</param>
    /// <exception cref="SafetensorsException">It is empty, isn't UTF-8, or begins with a byte order mark.</exception>
    public StrictJson(
        ReadOnlySpan<byte> text,
        string what,
        int? start,
        Func<string, Exception?, SafetensorsException> fault
    )
    {
        _text = text;
        _what = what;
        _start = start;
        _fault = fault;
        _reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        if (!Utf8.IsValid(text))
        {
            int at = 0;
            while (Rune.DecodeFromUtf8(text[at..], out _, out int consumed) == System.Buffers.OperationStatus.Done)
            {
                at += consumed;
            }
            throw Fault($"{what} isn't UTF-8 at {Place(at)}");
        }
        if (text.StartsWith("\ufeff"u8))
        {
            throw Fault($"{what} begins with a byte order mark, where '{{' belongs");
        }
        if (text.Trim(" \t\r\n"u8).IsEmpty)
        {
            throw Fault($"{what} is empty, where a JSON object belongs");
        }
    }

    /// <summary>What the current token is.</summary>
    public readonly JsonTokenType Type => _reader.TokenType;

    /// <summary>Where the current token begins in the text.</summary>
    public readonly int Start => (int)_reader.TokenStartIndex;

    /// <summary>The bytes of the current token, where it is a number or <see cref="IsPlain"/>.</summary>
    public readonly ReadOnlySpan<byte> Bytes => _reader.ValueSpan;

    /// <summary>Whether the current token, a text or a name, is spelled as it is, without escapes.</summary>
    public readonly bool IsPlain => !_reader.ValueIsEscaped;

    /// <summary>Where the current token is: <c>byte 17</c> or <c>line 3</c>.</summary>
    public readonly string At => Place(_reader.TokenStartIndex);

    /// <summary>The current token in a sentence.</summary>
    public readonly string Kind =>
        Type switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => $"the text {Quoted.Text(Text())}",
            JsonTokenType.Number => $"the number {Quoted.Text(Encoding.UTF8.GetString(Bytes))[1..^1]}",
            JsonTokenType.Null => "null",
            _ => Type == JsonTokenType.True ? "true" : "false",
        };

    /// <summary>Goes to the next token.</summary>
    /// <exception cref="SafetensorsException">There is none, or it is no JSON.</exception>
    public JsonTokenType Next()
    {
        Read();
        return Type;
    }

    /// <summary>Goes into the object that the whole text must be.</summary>
    /// <exception cref="SafetensorsException">It is something else.</exception>
    public void Begin()
    {
        if (Next() != JsonTokenType.StartObject)
        {
            throw Fault($"{_what} is {Kind}, where a JSON object belongs");
        }
    }

    /// <summary>Makes sure that nothing follows.</summary>
    /// <exception cref="SafetensorsException">Something does.</exception>
    public void End() => Read();

    /// <summary>Goes to the value of the next name in the current object; false at its end.</summary>
    /// <param name="names">Those that were there before.</param>
    /// <exception cref="SafetensorsException">The name was there before, or has half of a surrogate pair.</exception>
    public bool NextName(ref JsonNames names)
    {
        if (Next() == JsonTokenType.EndObject)
        {
            return false;
        }
        _name = _reader;
        if (!names.TryAdd(_text, Start, IsPlain, Unescaped()))
        {
            throw Fault($"{Quoted.Text(Text())} is there twice in one object, the second time at {At}");
        }
        Next();
        return true;
    }

    /// <summary>The name that <see cref="NextName"/> went to.</summary>
    public readonly string Name() => _name.GetString()!;

    /// <summary>Whether that name is this one.</summary>
    public readonly bool IsName(ReadOnlySpan<byte> name) => _name.ValueTextEquals(name);

    /// <summary>The current token, where it is a text or a name.</summary>
    /// <exception cref="SafetensorsException">It has half of a surrogate pair.</exception>
    public readonly string Text()
    {
        try
        {
            return _reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw HalfPair(e);
        }
    }

    /// <summary>Makes sure that the current token, a text, stands for one.</summary>
    /// <exception cref="SafetensorsException">It has half of a surrogate pair.</exception>
    public void CheckText() => Unescaped();

    /// <summary>Passes over the current value, whatever it is.</summary>
    public void Skip()
    {
        switch (Type)
        {
            case JsonTokenType.StartArray:
                while (Next() != JsonTokenType.EndArray)
                {
                    Skip();
                }
                break;
            case JsonTokenType.StartObject:
                JsonNames names = default;
                while (NextName(ref names))
                {
                    Skip();
                }
                break;
            case JsonTokenType.String:
                CheckText();
                break;
        }
    }

    /// <summary>The error of what is wrong, as the rest of a sentence.</summary>
    public readonly SafetensorsException Fault(string why) => _fault(why, null);

    /// <summary>The bytes that the current token, a text or a name, stands for; until the next such call.</summary>
    private ReadOnlySpan<byte> Unescaped()
    {
        if (IsPlain)
        {
            return Bytes;
        }
        if (_scratch.Length < Bytes.Length)
        {
            _scratch = new byte[Math.Max(Bytes.Length, _scratch.Length * 2)];
        }
        try
        {
            return _scratch.AsSpan(0, _reader.CopyString(_scratch));
        }
        catch (InvalidOperationException e)
        {
            throw HalfPair(e);
        }
    }

    private readonly SafetensorsException HalfPair(Exception e) =>
        _fault($"the text at {At} has half of a surrogate pair, which stands for nothing", e);

    private void Read()
    {
        try
        {
            _reader.Read();
        }
        catch (JsonException e)
        {
            string why = e.Message.Split(" LineNumber:")[0].Split(" Path:")[0].TrimEnd('.');
            throw _fault($"{_what} isn't JSON at {Place(PositionOf(e))}: {Quoted.Text(why)[1..^1]}", e);
        }
    }

    private readonly string Place(long position) =>
        _start is { } start
            ? $"byte {start + position}"
            : $"line {1 + _text[..(int)Math.Min(position, _text.Length)].Count((byte)'\n')}";

    private readonly long PositionOf(JsonException e)
    {
        int line = 0;
        for (long left = e.LineNumber ?? 0; left > 0; left--)
        {
            line += _text[line..].IndexOf((byte)'\n') + 1;
        }
        return line + (e.BytePositionInLine ?? 0);
    }
}
