namespace FanIn.Checkpoints;

/// <summary>
/// The folder of a checkpoint: finds its files, and opens no other. A link may lead to a file of the folder, or from a
/// snapshot of Hugging Face's cache to the blobs beside it, which is how that cache is built; nowhere else.
/// </summary>
internal sealed class CheckpointFolder
{
    private const string IndexExtension = ".safetensors.index.json";
    private const string Extension = ".safetensors";
    private static readonly string[] s_pickles = [".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle"];

    private readonly string _folder;
    private readonly string _real;

    /// <exception cref="SafetensorsException">Its links go on for ever.</exception>
    public CheckpointFolder(string folder)
    {
        _folder = folder;
        try
        {
            _real = RealPath.Of(folder.Length == 0 ? "." : folder);
        }
        catch (IOException e)
        {
            throw new SafetensorsException($"'{folder}' can't be read: {e.Message}", e);
        }
    }

    public static bool IsIndex(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase);

    private static bool IsPickle(string path) =>
        s_pickles.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>What a file's name says of it that can't be one of a checkpoint.</summary>
    /// <exception cref="SafetensorsException">It is a pickle.</exception>
    public static void RefusePickle(string path)
    {
        if (IsPickle(path))
        {
            throw new SafetensorsException(
                $"'{path}' is a pickle by its name, which can run code; it isn't opened. Save the weights as safetensors."
            );
        }
    }

    /// <summary>
    /// The name of the file that holds the checkpoint or its index: <c>model.safetensors</c>, else
    /// <c>model.safetensors.index.json</c> (transformers' order), else the only index, else the only safetensors file.
    /// </summary>
    /// <exception cref="SafetensorsException">There is none, or which one isn't clear.</exception>
    public string MainFile()
    {
        string[] names;
        try
        {
            names = [.. Directory.EnumerateFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SafetensorsException($"'{_folder}' can't be read: {e.Message}", e);
        }
        foreach (string usual in new[] { ShardMap.SingleFileName, SafetensorsIndex.FileName })
        {
            if (names.Contains(usual, StringComparer.Ordinal))
            {
                return usual;
            }
        }
        foreach (string extension in new[] { IndexExtension, Extension })
        {
            string[] found =
            [
                .. names.Where(name => name.EndsWith(extension, StringComparison.Ordinal) && name[0] != '.'),
            ];
            if (found.Length > 1)
            {
                throw new SafetensorsException(
                    $"'{_folder}' has several checkpoints: {Quoted.Some(found)}; name the one that is meant."
                );
            }
            if (found.Length == 1)
            {
                return found[0];
            }
        }
        string[] pickles = [.. names.Where(IsPickle)];
        throw new SafetensorsException(
            $"'{_folder}' has no {ShardMap.SingleFileName} and no {SafetensorsIndex.FileName}"
                + (
                    pickles.Length == 0
                        ? "."
                        : $", only {Quoted.Some(pickles)}: pickles, which can run code and aren't opened. Save the weights as safetensors."
                )
        );
    }

    /// <summary>The name of the index: the usual one, or the only other there is; the usual one where there is none.</summary>
    public string IndexName()
    {
        if (File.Exists(Path.Combine(_folder, SafetensorsIndex.FileName)))
        {
            return SafetensorsIndex.FileName;
        }
        string[] others =
        [
            .. Directory
                .EnumerateFiles(_folder)
                .Select(Path.GetFileName)
                .Where(name => name!.EndsWith(IndexExtension, StringComparison.Ordinal) && name[0] != '.')!,
        ];
        return others.Length == 1 ? others[0] : SafetensorsIndex.FileName;
    }

    /// <summary>What one of the folder's files is called in a sentence.</summary>
    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>The length of one of the folder's files, of a link that of the file it leads to.</summary>
    /// <exception cref="SafetensorsException">It isn't there, leads out of the folder, or can't be read.</exception>
    public long LengthOf(string name)
    {
        using var handle = RegularFile.Open(Inside(name), Path.Combine(_folder, name));
        return RandomAccess.GetLength(handle);
    }

    /// <summary>The text of one of the folder's small files.</summary>
    /// <exception cref="SafetensorsException">It isn't there, leads out of the folder, or is too long.</exception>
    public string ReadText(string name, long longest) =>
        RegularFile.ReadText(Inside(name), Path.Combine(_folder, name), longest);

    /// <summary>Opens one of the folder's files.</summary>
    /// <exception cref="SafetensorsException">It isn't there, leads out of the folder, or is no safetensors file.</exception>
    public SafetensorsFile Open(string name) => SafetensorsFile.Open(Inside(name), Path.Combine(_folder, name));

    /// <summary>Reads an index in the folder.</summary>
    /// <exception cref="SafetensorsException">It isn't there, leads out of the folder, is too large, or is no index.</exception>
    public SafetensorsIndex ReadIndex(string name)
    {
        string shown = Path.Combine(_folder, name);
        using var handle = RegularFile.Open(Inside(name), shown);
        long length = RandomAccess.GetLength(handle);
        if (length > SafetensorsHeader.MaxTextLength)
        {
            throw new SafetensorsException(
                $"'{shown}' has {length} bytes; an index has {SafetensorsHeader.MaxTextLength} at most."
            );
        }
        byte[] json = new byte[length];
        try
        {
            return RegularFile.TryRead(handle, 0, json)
                ? IndexParser.Parse(json, $"'{shown}'")
                : throw new SafetensorsException($"'{shown}' was cut off while it was read.");
        }
        catch (IOException e)
        {
            throw new SafetensorsException($"'{shown}' can't be read: {e.Message}", e);
        }
    }

    /// <summary>Where a name in the folder leads; null where that is out of it.</summary>
    /// <exception cref="IOException">Its links go on for ever.</exception>
    public string? Find(string name)
    {
        string real = RealPath.Of(Path.Combine(_real, name));
        return IsBelow(real, _real) || (CacheBlobs is { } blobs && IsBelow(real, blobs)) ? real : null;
    }

    private string Inside(string name)
    {
        string shown = Path.Combine(_folder, name);
        try
        {
            if (Find(name) is { } real)
            {
                return real;
            }
        }
        catch (IOException e)
        {
            throw new SafetensorsException($"'{shown}' can't be read: {e.Message}", e);
        }
        throw new SafetensorsException(
            $"'{shown}' is a link that leads out of its folder, to {Quoted.Text(RealPath.Of(Path.Combine(_real, name)))}; it isn't opened. Put the file itself there, or name it alone."
        );
    }

    /// <summary>
    /// Where the files of a snapshot in Hugging Face's cache lie: <c>snapshots/REVISION/NAME -> ../../blobs/HASH</c>.
    /// </summary>
    private string? CacheBlobs
    {
        get
        {
            string? snapshots = Path.GetDirectoryName(_real);
            return Path.GetFileName(snapshots) == "snapshots" && Path.GetDirectoryName(snapshots) is { } model
                ? Path.Combine(model, "blobs")
                : null;
        }
    }

    private static bool IsBelow(string path, string folder) =>
        path.StartsWith(
            Path.EndsInDirectorySeparator(folder) ? folder : folder + Path.DirectorySeparatorChar,
            StringComparison.Ordinal
        );
}
