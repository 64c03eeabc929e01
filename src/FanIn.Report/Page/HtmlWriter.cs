using System.Text.Encodings.Web;
using System.Text.Unicode;

namespace FanIn.Report;

/// <summary>Writes elements and encoded text; every attribute and text goes through the encoder.</summary>
internal sealed class HtmlWriter(TextWriter writer)
{
    private static readonly HtmlEncoder Encoder = HtmlEncoder.Create(UnicodeRanges.All);
    private readonly Stack<string> _open = new();

    public HtmlWriter Open(string tag, params ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        Start(tag, attributes);
        _open.Push(tag);
        return this;
    }

    public HtmlWriter Close()
    {
        writer.Write("</");
        writer.Write(_open.Pop());
        writer.Write(">\n");
        return this;
    }

    public HtmlWriter Text(string? text)
    {
        writer.Write(Encoder.Encode(text ?? ""));
        return this;
    }

    /// <summary>An element that holds nothing but text.</summary>
    public HtmlWriter Element(string tag, string? text, params ReadOnlySpan<(string Name, string? Value)> attributes) =>
        Open(tag, attributes).Text(text).Close();

    /// <summary>Attributes whose value is null are left out.</summary>
    private void Start(string tag, ReadOnlySpan<(string Name, string? Value)> attributes)
    {
        writer.Write('<');
        writer.Write(tag);
        foreach ((string name, string? value) in attributes)
        {
            if (value is not null)
            {
                writer.Write(' ');
                writer.Write(name);
                writer.Write("=\"");
                writer.Write(Encoder.Encode(value));
                writer.Write('"');
            }
        }
        writer.Write('>');
    }

    public static string Encode(string text) => Encoder.Encode(text);
}
