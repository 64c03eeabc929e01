using System.Text.Json;

namespace FanIn.Cli;

/// <summary>The document that <c>--json</c> asks for: a file, standard output where it is <c>-</c>, or none.</summary>
internal sealed class JsonResult : IDisposable
{
    private readonly Terminal _terminal;
    private readonly bool _isOutput;
    private readonly ResultFile? _file;

    /// <param name="path">The option's value; null where it wasn't given.</param>
    /// <param name="example">A file's name, for the message that it is a folder.</param>
    /// <param name="terminal">Has the standard output.</param>
    /// <param name="output">An output folder, which needn't exist yet: the file may be in it.</param>
    /// <exception cref="UsageException">The file can't be there.</exception>
    public JsonResult(string? path, string example, Terminal terminal, string? output = null)
    {
        (_terminal, _isOutput) = (terminal, path == "-");
        _file = path is null or "-" ? null : ResultFile.At("--json", path, example, output);
    }

    /// <summary>Where a command with this option writes for people: not into the document.</summary>
    public static Terminal ForPeople(string? path, Terminal terminal) =>
        path == "-" ? terminal.WithOutputOnError() : terminal;

    /// <inheritdoc cref="ResultFile.Try"/>
    public void Try() => _file?.Try();

    public void Write(Action<Utf8JsonWriter> write) => WriteBytes(stream => JsonText.Write(stream, write));

    /// <summary>The same of a document that is written elsewhere.</summary>
    public void WriteBytes(Action<Stream> write)
    {
        _file?.Write(write);
        if (_isOutput)
        {
            using Stream output = _terminal.OpenOutput();
            write(output);
        }
    }

    public void Dispose() => _file?.Dispose();
}
