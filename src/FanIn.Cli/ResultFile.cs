using FanIn.Checkpoints;

namespace FanIn.Cli;

/// <summary>
/// A file that an option names: checked before any work is done, written whole or not at all, in place of one that was
/// there. A device or pipe of the system (<c>/dev/fd/63</c>) is written to as it is.
/// </summary>
internal sealed class ResultFile : IDisposable
{
    private static readonly string[] s_ofModels =
    [
        ".safetensors",
        ".index.json",
        ".onnx",
        ".dll",
        "config.json",
        "tokenizer.json",
        CheckpointRecord.FileName,
    ];

    private readonly string _option;
    private readonly string _path;
    private readonly string _temporary;
    private readonly bool _isDevice;

    private ResultFile(string option, string path)
    {
        (_option, _path) = (option, path);
        _temporary = $"{path}.{Path.GetRandomFileName()}";
        string full = Path.GetFullPath(path);
        _isDevice =
            !OperatingSystem.IsWindows()
            && (
                full.StartsWith("/dev/", StringComparison.Ordinal)
                || full.StartsWith("/proc/", StringComparison.Ordinal)
            );
    }

    /// <param name="option">The option, for messages: <c>--json</c>.</param>
    /// <param name="path">Where the file shall be.</param>
    /// <param name="example">A file's name, for the message that it is a folder.</param>
    /// <param name="output">An output folder, which needn't exist yet: the file may be in it.</param>
    /// <exception cref="UsageException">It can't be there.</exception>
    public static ResultFile At(string option, string path, string example, string? output = null)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            throw new UsageException(
                $"{option} needs the name of a file" + (option == "--json" ? ", or - for standard output" : "")
            );
        }
        if (Directory.Exists(path))
        {
            throw new UsageException(
                $"{option} '{path}' is a folder; name a file, such as {Path.Combine(path, example)}"
            );
        }
        if (File.Exists(path) && IsOfAModel(Path.GetFileName(path)))
        {
            throw new UsageException($"{option} '{path}' would overwrite a file of a model; name another");
        }
        string folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        bool inOutput = output is not null && folder == Path.TrimEndingDirectorySeparator(Path.GetFullPath(output));
        if (inOutput && IsOurs(Path.GetFileName(path)))
        {
            throw new UsageException(
                $"{option} '{path}' would overwrite a file of the comparison itself; choose another name"
            );
        }
        var file = new ResultFile(option, path);
        if (Directory.Exists(folder))
        {
            file.Try();
        }
        else if (!inOutput)
        {
            throw new UsageException($"{option} '{path}' can't be written: there is no folder '{folder}'");
        }
        return file;
    }

    /// <summary>Slips of the completion key: the model's own file, in place of one for results.</summary>
    private static bool IsOfAModel(string name) =>
        s_ofModels.Any(end => name.EndsWith(end, StringComparison.OrdinalIgnoreCase));

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
            throw new UsageException($"{_option} '{_path}' can't be written: {e.Message}");
        }
        finally
        {
            Dispose();
        }
    }

    /// <summary>Puts what <paramref name="write"/> writes in place, once all of it is on the disk.</summary>
    public void Write(Action<Stream> write)
    {
        using (FileStream stream = Open())
        {
            write(stream);
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
