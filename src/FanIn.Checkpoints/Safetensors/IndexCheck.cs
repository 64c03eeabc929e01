namespace FanIn.Checkpoints;

/// <summary>Holds the files of an index against it.</summary>
internal static class IndexCheck
{
    /// <param name="path">The index, for the sentence.</param>
    /// <param name="index">What it says.</param>
    /// <param name="files">All files that it names.</param>
    /// <exception cref="SafetensorsException">
    /// A file has a tensor that the index puts elsewhere or doesn't have, lacks one that it should have, or the sizes
    /// don't add up.
    /// </exception>
    public static void Run(string path, SafetensorsIndex index, List<(string Name, SafetensorsFile File)> files)
    {
        long size = 0;
        foreach ((string name, SafetensorsFile file) in files)
        {
            size += file.Header.DataLength;
            foreach (SafetensorsTensor tensor in file.Header.Tensors)
            {
                if (!index.WeightMap.TryGetValue(tensor.Name, out string? place))
                {
                    throw Fault(
                        path,
                        $"the file {Quoted.Text(name)} has the tensor {Quoted.Text(tensor.Name)}, which the weight_map doesn't have"
                    );
                }
                if (place != name)
                {
                    throw Fault(
                        path,
                        $"the file {Quoted.Text(name)} has the tensor {Quoted.Text(tensor.Name)}, which the weight_map puts into {Quoted.Text(place)}"
                    );
                }
            }
        }
        Dictionary<string, SafetensorsFile> byName = files.ToDictionary(pair => pair.Name, pair => pair.File);
        foreach ((string tensor, string place) in index.WeightMap)
        {
            if (!byName[place].Header.TryGet(tensor, out _))
            {
                throw Fault(
                    path,
                    $"the weight_map puts the tensor {Quoted.Text(tensor)} into {Quoted.Text(place)}, which doesn't have it"
                );
            }
        }
        if (index.TotalSize is { } total && total != size)
        {
            throw Fault(path, $"its total_size is {total}, but the tensors of its files take {size} bytes");
        }
    }

    private static SafetensorsException Fault(string path, string why) =>
        new($"'{path}' and its files don't fit: {why}.");
}
