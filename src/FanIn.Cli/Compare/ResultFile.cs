using FanIn.Lab;

namespace FanIn.Cli.Compare;

/// <summary>
/// The file that <c>--json</c> names: checked before anything is trained, written whole or not at all. A device or
/// pipe of the system (<c>/dev/fd/63</c>) is written to as it is.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _isDevice;

    private ResultFile(string path)
    {
        _path = path;
        _temporary = $"{path}.{Path.GetRandomFileName()}";
        string full = Path.GetFullPath(path);
        _isDevice =
            !OperatingSystem.IsWindows()
            && (
                full.StartsWith("/dev/", StringComparison.Ordinal)
                || full.StartsWith("/proc/", StringComparison.Ordinal)
            );
    }

    /// <param name="path">Where the file shall be.</param>
    /// <param name="output">The output folder, which needn't exist yet: the file may be in it.</param>
    /// <exception cref="UsageException">It can't be there.</exception>
    public static ResultFile At(string path, string output)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new UsageException("--json needs the name of a file, or - for standard output");
        }
        if (Directory.Exists(path))
        {
            throw new UsageException(
                $"--json '{path}' is a folder; name a file, such as {Path.Combine(path, "results.json")}"
            );
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        bool inOutput = folder == Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (inOutput && IsOurs(Path.GetFileName(path)))
        {
            throw new UsageException(
                $"--json '{path}' would overwrite a file of the comparison itself; choose another name"
            );
        }
        var file = new ResultFile(path);
        if (Directory.Exists(folder))
        {
            file.Try();
        }
        else if (!inOutput)
        {
            throw new UsageException($"--json '{path}' can't be written: there is no folder '{folder}'");
        }
        return file;
    }

    private static bool IsOurs(string name) =>
        name.StartsWith("trials.db", StringComparison.OrdinalIgnoreCase)
        || name.Equals("report.html", StringComparison.OrdinalIgnoreCase)
        || name.EndsWith(".svg", StringComparison.OrdinalIgnoreCase);

    /// <summary>Finds out whether the file can be written, and leaves nothing.</summary>
    /// <exception cref="UsageException">It can't.</exception>
    public void Try()
    {
        try
        {
            using FileStream attempt = Open();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--json '{_path}' can't be written: {e.Message}");
        }
        finally
        {
            Dispose();
        }
    }

    public void Write(IReadOnlyList<StudyResult> results)
    {
        using (FileStream stream = Open())
        {
            StudyJson.Write(stream, results);
            stream.Flush(flushToDisk: !_isDevice);
        }
        if (!_isDevice)
        {
            File.Move(_temporary, _path, overwrite: true);
        }
    }

    public void Dispose()
    {
        if (!_isDevice && File.Exists(_temporary))
        {
            File.Delete(_temporary);
        }
    }

    private FileStream Open() =>
        _isDevice
            ? new(_path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite)
            : new(_temporary, FileMode.CreateNew, FileAccess.Write);
}
