namespace FanIn.Checkpoints;

/// <summary>The index of a checkpoint of several files, against where its plan has the tensors.</summary>
internal static class VerifiedIndex
{
    /// <summary>The first thing that is wrong with it, as a sentence; null where nothing is, or nothing can be told.</summary>
    /// <param name="folder">The checkpoint's.</param>
    /// <param name="expected">By the plan.</param>
    /// <param name="opened">Its files, those that could be opened.</param>
    public static string? Fault(
        CheckpointFolder folder,
        RecordFiles expected,
        IReadOnlyCollection<SafetensorsFile> opened
    )
    {
        // Of a copy only the files tell which tensors there are beside the new ones.
        if (expected.Files.Length < 2 || (!expected.HoldsAll && opened.Count < expected.Files.Length))
        {
            return null;
        }
        Dictionary<string, string> fileOf = new(StringComparer.Ordinal);
        if (expected.HoldsAll)
        {
            foreach ((string file, _) in expected.Files)
            {
                foreach (string tensor in expected.TensorsOf(file))
                {
                    fileOf[tensor] = file;
                }
            }
        }
        else
        {
            foreach (SafetensorsFile file in opened)
            {
                foreach (SafetensorsTensor tensor in file.Header.Tensors)
                {
                    fileOf[tensor.Name] = Path.GetFileName(file.Path);
                }
            }
        }
        string name = expected.HoldsAll ? SafetensorsIndex.FileName : folder.IndexName();
        try
        {
            return Difference(folder.ReadIndex(name), fileOf, expected.TotalSize) is { } difference
                ? $"'{folder.PathOf(name)}' {difference}."
                : null;
        }
        catch (SafetensorsException e)
        {
            return e.Message;
        }
    }

    private static string? Difference(SafetensorsIndex index, Dictionary<string, string> fileOf, long? totalSize)
    {
        foreach ((string tensor, string file) in fileOf)
        {
            if (!index.WeightMap.TryGetValue(tensor, out string? found))
            {
                return $"doesn't say where {Quoted.Text(tensor)} is; by the plan it is in {file}";
            }
            if (found != file)
            {
                return $"says that {Quoted.Text(tensor)} is in {found}; by the plan it is in {file}";
            }
        }
        return index.WeightMap.Keys.FirstOrDefault(tensor => !fileOf.ContainsKey(tensor)) is { } more
                ? $"has a tensor {Quoted.Text(more)}, which isn't there by the plan"
            : totalSize is { } size && index.TotalSize != size
                ? $"has {(index.TotalSize is { } other ? $"a total_size of {other}" : "no total_size")}; by the plan it is {size}"
            : null;
    }
}
