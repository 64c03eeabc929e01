using System.Buffers.Text;
using System.Text;

namespace FanIn.Checkpoints;

/// <summary>
/// A header's JSON, as the reference writes it: compact, metadata first, then the tensors in order of their data; names
/// escaped as serde_json does, which leaves everything as it is but quotes, backslashes and what lies below U+0020.
/// </summary>
/// <remarks>huggingface/safetensors, safetensors/src/tensor.rs: <c>prepare</c> and <c>Serialize for Metadata</c>.</remarks>
internal ref struct HeaderText
{
    private readonly Span<byte> _into;
    private readonly bool _counts;

    private HeaderText(Span<byte> into, bool counts)
    {
        _into = into;
        _counts = counts;
    }

    /// <summary>The bytes so far.</summary>
    private long Length { get; set; }

    /// <summary>The bytes that the text takes, without writing it.</summary>
    public static long Measure(
        IEnumerable<SafetensorsTensor> tensors,
        IEnumerable<KeyValuePair<string, string>>? metadata
    )
    {
        var text = new HeaderText([], counts: true);
        text.Append(tensors, metadata);
        return text.Length;
    }

    public static void Write(
        IEnumerable<SafetensorsTensor> tensors,
        IEnumerable<KeyValuePair<string, string>>? metadata,
        Span<byte> into
    ) => new HeaderText(into, counts: false).Append(tensors, metadata);

    private void Append(IEnumerable<SafetensorsTensor> tensors, IEnumerable<KeyValuePair<string, string>>? metadata)
    {
        Append("{"u8);
        bool isFirst = true;
        if (metadata is not null)
        {
            Append("\"__metadata__\":{"u8);
            foreach ((string key, string value) in metadata)
            {
                Separate(ref isFirst);
                Append(key);
                Append(":"u8);
                Append(value);
            }
            Append("}"u8);
            isFirst = false;
        }
        foreach (SafetensorsTensor tensor in tensors)
        {
            Separate(ref isFirst);
            Append(tensor.Name);
            Append(":{\"dtype\":"u8);
            Append(tensor.Type.Name());
            Append(",\"shape\":["u8);
            bool isFirstSize = true;
            foreach (long size in tensor.Shape)
            {
                Separate(ref isFirstSize);
                Append(size);
            }
            Append("],\"data_offsets\":["u8);
            Append(tensor.Begin);
            Append(","u8);
            Append(tensor.End);
            Append("]}"u8);
        }
        Append("}"u8);
    }

    private void Separate(ref bool isFirst)
    {
        if (!isFirst)
        {
            Append(","u8);
        }
        isFirst = false;
    }

    private void Append(string text)
    {
        Append("\""u8);
        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            int plain = rest.IndexOfAny(s_escaped);
            AppendPlain(plain < 0 ? rest : rest[..plain]);
            if (plain < 0)
            {
                break;
            }
            AppendEscaped(rest[plain]);
            rest = rest[(plain + 1)..];
        }
        Append("\""u8);
    }

    private void AppendPlain(scoped ReadOnlySpan<char> text)
    {
        if (!_counts)
        {
            Encoding.UTF8.GetBytes(text, _into[(int)Length..]);
        }
        Length += Encoding.UTF8.GetByteCount(text);
    }

    private void AppendEscaped(char character)
    {
        switch (character)
        {
            case '"':
                Append("\\\""u8);
                break;
            case '\\':
                Append("\\\\"u8);
                break;
            case '\b':
                Append("\\b"u8);
                break;
            case '\f':
                Append("\\f"u8);
                break;
            case '\n':
                Append("\\n"u8);
                break;
            case '\r':
                Append("\\r"u8);
                break;
            case '\t':
                Append("\\t"u8);
                break;
            default:
                Append("\\u00"u8);
                AppendPlain([(char)('0' + (character >> 4)), "0123456789abcdef"[character & 15]]);
                break;
        }
    }

    private void Append(long number)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out int length);
        Append(digits[..length]);
    }

    private void Append(scoped ReadOnlySpan<byte> bytes)
    {
        if (!_counts)
        {
            bytes.CopyTo(_into[(int)Length..]);
        }
        Length += bytes.Length;
    }

    private static readonly System.Buffers.SearchValues<char> s_escaped = System.Buffers.SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(code => (char)code),
        '"',
        '\\',
    ]);
}
