using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>
/// The file that results go to: opened under a temporary name before anything is trained, renamed when it is whole,
/// gone if it never is.
/// </summary>
internal sealed class JsonFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly FileStream _stream;

    private JsonFile(string path, string temporary, FileStream stream) =>
        (_path, _temporary, _stream) = (path, temporary, stream);

    public static JsonFile Create(string path)
    {
        string temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            if (Directory.Exists(path))
            {
                throw new IOException("it is a folder");
            }
            return new(path, temporary, new FileStream(temporary, FileMode.CreateNew, FileAccess.Write));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"--json '{path}' can't be written: {e.Message}");
        }
    }

    public void Write(IReadOnlyList<StudyResult> results)
    {
        StudyJson.Write(_stream, results);
        _stream.Flush(flushToDisk: true);
        _stream.Dispose();
        File.Move(_temporary, _path, overwrite: true);
    }

    public void Dispose()
    {
        _stream.Dispose();
        File.Delete(_temporary);
    }
}
