namespace FanIn.Checkpoints;

/// <summary>What a checkpoint has otherwise than it should.</summary>
internal static class TensorDifference
{
    private const int MostShown = 5;

    /// <returns>The rest of a sentence; null where there is no difference.</returns>
    public static string? Between(IEnumerable<SafetensorsTensor> expected, Checkpoint checkpoint)
    {
        List<string> missing = [];
        List<string> different = [];
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (SafetensorsTensor tensor in expected)
        {
            names.Add(tensor.Name);
            if (!checkpoint.TryGet(tensor.Name, out SafetensorsTensor? found))
            {
                missing.Add(tensor.Name);
            }
            else if (found.Type != tensor.Type || !found.Shape.SequenceEqual(tensor.Shape))
            {
                different.Add($"{Quoted.Text(tensor.Name)} is {Kind(found)}, not {Kind(tensor)}");
            }
        }
        List<string> extra = [.. checkpoint.Tensors.Select(tensor => tensor.Name).Where(name => !names.Contains(name))];
        string[] parts =
        [
            .. missing.Count > 0 ? [$"it lacks {Quoted.Some(missing, MostShown)}"] : Array.Empty<string>(),
            .. extra.Count > 0 ? [$"it has {Quoted.Some(extra, MostShown)} too many"] : Array.Empty<string>(),
            .. different.Take(MostShown),
            .. different.Count > MostShown
                ? [$"{different.Count - MostShown} more differ in type or shape"]
                : Array.Empty<string>(),
        ];
        return parts.Length == 0 ? null : string.Join("; ", parts);
    }

    private static string Kind(SafetensorsTensor tensor) =>
        $"{tensor.Type.Name()} {TensorSize.Shown(tensor.Shape.AsSpan())}";
}
