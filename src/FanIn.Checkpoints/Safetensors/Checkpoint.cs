using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace FanIn.Checkpoints;

/// <summary>
/// The tensors of a checkpoint, in one file or in several, opened for reading. Files of an index are held against it: each
/// tensor must be where the index says, and nowhere else.
/// </summary>
/// <example><code>
/// using var checkpoint = Checkpoint.Open("llama/");
/// foreach (SafetensorsTensor tensor in checkpoint.Tensors) { ... }
/// BFloat16[] norm = checkpoint.Read&lt;BFloat16&gt;("model.norm.weight");
/// </code></example>
public sealed class Checkpoint : IDisposable
{
    private readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);

    private Checkpoint(string path, SafetensorsIndex? index, ImmutableArray<SafetensorsFile> files)
    {
        (Path, Index, Files) = (path, index, files);
        foreach (SafetensorsFile file in files)
        {
            foreach (SafetensorsTensor tensor in file.Header.Tensors)
            {
                _files[tensor.Name] = file;
            }
        }
    }

    /// <summary>The file or index that the checkpoint was found by.</summary>
    public string Path { get; }

    /// <summary>What the index says; null where there is one file without.</summary>
    public SafetensorsIndex? Index { get; }

    /// <summary>The files, sorted by name.</summary>
    public ImmutableArray<SafetensorsFile> Files { get; }

    /// <summary>Of how many files this is one, where a file was given whose name says so, and no index; else 1.</summary>
    internal int FilesBeside => Index is null ? ShardMap.CountBy(Path) : 1;

    /// <summary>All tensors, file by file in order of their data.</summary>
    public IEnumerable<SafetensorsTensor> Tensors => Files.SelectMany(file => file.Header.Tensors);

    /// <summary>A tensor by its name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; says the nearest name.</exception>
    public SafetensorsTensor this[string name] => FileOf(name).Header[name];

    /// <summary>
    /// Opens a checkpoint: a safetensors file, an index (<c>model.safetensors.index.json</c>), or a folder with one of
    /// both: its <c>model.safetensors</c>, else <c>model.safetensors.index.json</c>, else the only such file whatever its
    /// name.
    /// </summary>
    /// <param name="path">The file or folder.</param>
    /// <exception cref="SafetensorsException">
    /// It isn't there or is no checkpoint; a file is missing, malformed, or lies outside the folder; index and files
    /// contradict each other.
    /// </exception>
    public static Checkpoint Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            var folder = new CheckpointFolder(path);
            string name = folder.MainFile();
            return CheckpointFolder.IsIndex(name)
                ? OpenIndex(folder, path, name)
                : new(System.IO.Path.Combine(path, name), null, [folder.Open(name)]);
        }
        if (CheckpointFolder.IsIndex(path))
        {
            string parent = System.IO.Path.GetDirectoryName(path) ?? "";
            return OpenIndex(new(parent), parent, System.IO.Path.GetFileName(path));
        }
        CheckpointFolder.RefusePickle(path);
        return new(path, null, [SafetensorsFile.Open(path)]);
    }

    /// <summary>Looks for a tensor by its name.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor)
    {
        tensor = null;
        return _files.TryGetValue(name, out SafetensorsFile? file) && file.Header.TryGet(name, out tensor);
    }

    /// <summary>The file that holds a tensor.</summary>
    /// <exception cref="KeyNotFoundException">There is no such tensor; says the nearest name.</exception>
    public SafetensorsFile FileOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return _files.TryGetValue(name, out SafetensorsFile? file) ? file : throw Missing.Tensor(name, _files.Keys);
    }

    /// <summary>Reads a whole tensor; see <see cref="SafetensorsFile.Read{T}(string)"/>.</summary>
    public T[] Read<T>(string name)
        where T : unmanaged => FileOf(name).Read<T>(name);

    /// <summary>Reads some of a tensor's elements; see <see cref="SafetensorsFile.Read{T}(string, Span{T}, long)"/>.</summary>
    public void Read<T>(string name, Span<T> into, long start = 0)
        where T : unmanaged => FileOf(name).Read(name, into, start);

    /// <summary>Reads some of a tensor's bytes; see <see cref="SafetensorsFile.ReadBytes"/>.</summary>
    public void ReadBytes(string name, Span<byte> into, long start = 0) => FileOf(name).ReadBytes(name, into, start);

    /// <summary>Checks that the checkpoint holds tensors of these names, types and shapes, and no others.</summary>
    /// <param name="expected">In any order; their places don't matter.</param>
    /// <exception cref="SafetensorsException">It doesn't: says which are missing, which too many, which differ.</exception>
    public void Require(IEnumerable<SafetensorsTensor> expected)
    {
        ArgumentNullException.ThrowIfNull(expected);
        if (TensorDifference.Between(expected, this) is { } difference)
        {
            throw new SafetensorsException($"'{Path}' doesn't hold what it should: {difference}.");
        }
    }

    /// <summary>Closes all files.</summary>
    public void Dispose()
    {
        foreach (SafetensorsFile file in Files)
        {
            file.Dispose();
        }
    }

    private static Checkpoint OpenIndex(CheckpointFolder folder, string parent, string name)
    {
        string path = System.IO.Path.Combine(parent, name);
        SafetensorsIndex index = folder.ReadIndex(name);
        var files = new List<(string Name, SafetensorsFile File)>();
        try
        {
            foreach (string file in index.Files)
            {
                files.Add((file, folder.Open(file)));
            }
            IndexCheck.Run(path, index, files);
            return new(path, index, [.. files.Select(pair => pair.File)]);
        }
        catch
        {
            foreach ((_, SafetensorsFile file) in files)
            {
                file.Dispose();
            }
            throw;
        }
    }
}
