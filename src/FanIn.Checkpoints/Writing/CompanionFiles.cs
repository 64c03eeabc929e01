using System.Collections.Immutable;
using Microsoft.Win32.SafeHandles;

namespace FanIn.Checkpoints;

/// <summary>
/// What lies beside a checkpoint's tensors and belongs to the model all the same: its config, its tokenizer, its page. Files
/// of weights don't, of whatever kind: beside new values they would be the old ones. Nor do hidden files: a folder made to be
/// passed on shouldn't hold somebody's keys. Links are followed as those of tensors are, within the folder and to the blobs
/// of Hugging Face's cache, and nowhere else: a folder from elsewhere doesn't say which of the user's files are copied.
/// Folders, pipes and devices aren't copied.
/// </summary>
public sealed class CompanionFiles
{
    private const int BufferBytes = 1 << 20;

    private static readonly string[] s_weights =
    [
        ".safetensors",
        ".bin",
        ".pt",
        ".pth",
        ".ckpt",
        ".pkl",
        ".pickle",
        ".h5",
        ".msgpack",
        ".gguf",
        ".ggml",
        ".onnx",
        ".onnx_data",
        ".npz",
        ".npy",
        ".ot",
        ".index.json",
    ];

    /// <summary>What a model's repository has for git.</summary>
    private static readonly string[] s_knownHidden = [".gitattributes", ".gitignore"];

    private readonly ImmutableSortedDictionary<string, string> _files;

    private CompanionFiles(ImmutableSortedDictionary<string, string> files, ImmutableArray<string> leftOut) =>
        (_files, LeftOut) = (files, leftOut);

    /// <summary>Their names.</summary>
    public ImmutableArray<string> Names => [.. _files.Keys];

    /// <summary>What lies there and isn't copied, each with the reason: <c>'pytorch_model.bin' (weights, the old ones)</c>.</summary>
    public ImmutableArray<string> LeftOut { get; }

    /// <summary>Looks for the files beside a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <exception cref="SafetensorsException">The folder can't be read.</exception>
    public static CompanionFiles Of(Checkpoint checkpoint)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        string path = Path.GetDirectoryName(checkpoint.Path) is { Length: > 0 } parent ? parent : ".";
        var folder = new CheckpointFolder(path);
        HashSet<string> own =
        [
            Path.GetFileName(checkpoint.Path),
            .. checkpoint.Files.Select(file => Path.GetFileName(file.Path)),
            CheckpointRecord.FileName,
            CopiedSums.FileName,
        ];
        var files = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var leftOut = ImmutableArray.CreateBuilder<string>();
        try
        {
            foreach (
                FileSystemInfo entry in new DirectoryInfo(path)
                    .EnumerateFileSystemInfos()
                    .OrderBy(e => e.Name, StringComparer.Ordinal)
            )
            {
                if (own.Contains(entry.Name) || IsPassing(entry))
                {
                    continue;
                }
                if (Reason(folder, entry, out string real) is { } reason)
                {
                    leftOut.Add($"{Quoted.Text(entry.Name)} ({reason})");
                }
                else
                {
                    files[entry.Name] = real;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException($"'{path}' can't be read: {e.Message}", e);
        }
        return new(files.ToImmutable(), leftOut.ToImmutable());
    }

    /// <summary>Where one of them lies, links followed; null where there is none of the name.</summary>
    public string? PathOf(string name) => _files.GetValueOrDefault(name);

    /// <summary>The same without some names.</summary>
    internal CompanionFiles Without(IEnumerable<string> names) => new(_files.RemoveRange(names), LeftOut);

    /// <exception cref="CheckpointConflictException">Another file is there under the name of one.</exception>
    internal void CheckIn(string folder)
    {
        foreach ((string name, string source) in _files)
        {
            CheckAt(Path.Combine(folder, name), source);
        }
    }

    /// <summary>Copies those that aren't there.</summary>
    internal void PutInto(string folder)
    {
        byte[] buffer = new byte[BufferBytes];
        foreach ((string name, string source) in _files)
        {
            string path = Path.Combine(folder, name);
            if (File.Exists(path))
            {
                continue;
            }
            using AtomicFile copy = AtomicFile.Create(path);
            using SafeFileHandle? from = Open(source);
            for (int read; from is not null && (read = RandomAccess.Read(from, buffer, copy.Stream.Position)) > 0; )
            {
                copy.Stream.Write(buffer.AsSpan(0, read));
            }
            if (!copy.TryCommitNew())
            {
                CheckAt(path, source);
            }
        }
    }

    private static void CheckAt(string path, string source)
    {
        if (Directory.Exists(path) || (File.Exists(path) && !IsSame(source, path)))
        {
            throw new CheckpointConflictException(
                $"'{path}' is there and differs from '{source}', which would be copied; choose another folder, or remove it"
            );
        }
    }

    /// <summary>Of tools, not of the model: hidden folders, and what killed runs leave.</summary>
    private static bool IsPassing(FileSystemInfo entry) =>
        entry.Name[0] == '.'
        && (entry is DirectoryInfo || entry.Name.EndsWith(Leftovers.TemporaryExtension, StringComparison.Ordinal));

    private static string? Reason(CheckpointFolder folder, FileSystemInfo entry, out string real)
    {
        real = "";
        if (Array.Exists(s_weights, end => entry.Name.EndsWith(end, StringComparison.OrdinalIgnoreCase)))
        {
            return "weights, the old ones";
        }
        if (entry.Name[0] == '.' && !s_knownHidden.Contains(entry.Name))
        {
            return "hidden";
        }
        if (folder.Find(entry.Name) is not { } found)
        {
            return "a link that leads out of the folder";
        }
        real = found;
        return Directory.Exists(found) ? "a folder"
            : !File.Exists(found) ? "a link to nothing"
            : !FileKind.IsRegular(found) ? "no file but a pipe, socket or device"
            : null;
    }

    /// <summary>Null for an empty file, which may be a pipe by now: opening one could wait for ever.</summary>
    private static SafeFileHandle? Open(string path) =>
        new FileInfo(path).Length == 0
            ? null
            : File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    private static bool IsSame(string one, string other)
    {
        long length = new FileInfo(one).Length;
        long otherLength = RegularFile.LengthOf(other) ?? 0;
        if (length != otherLength || length == 0)
        {
            return length == otherLength;
        }
        using SafeFileHandle? first = Open(one);
        using SafeFileHandle? second = Open(RealPath.Of(other));
        byte[] left = new byte[BufferBytes];
        byte[] right = new byte[BufferBytes];
        for (long position = 0; position < length; position += BufferBytes)
        {
            int count = (int)Math.Min(BufferBytes, length - position);
            if (
                !RegularFile.TryRead(first!, position, left.AsSpan(0, count))
                || !RegularFile.TryRead(second!, position, right.AsSpan(0, count))
                || !left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, count))
            )
            {
                return false;
            }
        }
        return true;
    }
}
