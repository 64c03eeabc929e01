using System.Text.Json;

namespace FanIn.Cli;

/// <summary>How the tool writes JSON for other programs: indented, a line's end at the end, the same bytes on every system.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n" };

    public static void Write(Stream destination, Action<Utf8JsonWriter> write)
    {
        using (var json = new Utf8JsonWriter(destination, s_options))
        {
            write(json);
        }
        destination.Write("\n"u8);
    }

    /// <summary>Null where there is no number, and where it isn't finite, which JSON can't say.</summary>
    public static void WriteNumberOrNull(this Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number && double.IsFinite(number))
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteNull(name);
        }
    }
}
