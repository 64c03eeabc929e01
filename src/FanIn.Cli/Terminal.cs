namespace FanIn.Cli;

/// <summary>Where the tool writes, and whether a person watches.</summary>
/// <param name="Output">Results.</param>
/// <param name="Error">Progress and errors.</param>
/// <param name="OutputIsWatched">True when <paramref name="Output"/> is a terminal.</param>
/// <param name="ErrorIsWatched">True when <paramref name="Error"/> is a terminal.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool OutputIsWatched, bool ErrorIsWatched)
{
    /// <summary>
    /// The columns of the terminal, if there is one, or in a pipe those that COLUMNS asks for: what is written for a person
    /// keeps within them.
    /// </summary>
    public int? Width { get; init; }

    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected)
        {
            Width = Console.IsOutputRedirected ? WidthAskedFor() : WidthOfConsole(),
        };

    /// <summary>What COLUMNS says, by which a person who pipes a table on to a pager asks for a width; null where it says none.</summary>
    private static int? WidthAskedFor() =>
        int.TryParse(
            Environment.GetEnvironmentVariable("COLUMNS"),
            System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture,
            out int columns
        )
        && columns > 0
            ? columns
            : null;

    /// <summary>Everything to the error stream, so that standard output holds a document and nothing else.</summary>
    public Terminal WithOutputOnError() => this with { Output = Error, OutputIsWatched = ErrorIsWatched };

    /// <summary>A stream to standard output's bytes, for a document.</summary>
    public Stream OpenOutput() =>
        ReferenceEquals(Output, Console.Out) ? Console.OpenStandardOutput() : new WriterStream(Output);

    /// <summary>True where the output's encoding has these signs.</summary>
    public bool CanShow(string signs) => Output.Encoding.GetString(Output.Encoding.GetBytes(signs)) == signs;

    private static int? WidthOfConsole()
    {
        try
        {
            return Console.WindowWidth is > 0 and var width ? width : null;
        }
        catch (Exception e) when (e is IOException or PlatformNotSupportedException)
        {
            return null;
        }
    }

    /// <summary>UTF-8 bytes into a text writer: for output that isn't the process's own.</summary>
    private sealed class WriterStream(TextWriter writer) : MemoryStream
    {
        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                writer.Write(System.Text.Encoding.UTF8.GetString(ToArray()));
            }
            base.Dispose(disposing);
        }
    }
}
