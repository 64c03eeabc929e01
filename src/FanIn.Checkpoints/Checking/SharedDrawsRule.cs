using System.Collections.Immutable;
using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors that were drawn with one seed (<see cref="SharedDraws"/>), and shards of one tensor that were: warnings.
/// </summary>
internal static class SharedDrawsRule
{
    public static IEnumerable<SignalFinding> Judge(TensorCheck[] tensors)
    {
        foreach (var same in SharedDraws.Among(tensors.Where(IsOwn)))
        {
            bool areEqual = same.Skip(1).All(other => SharedDraws.AreEqual(same[0], other));
            yield return new(
                FindingKind.IdenticalTensors,
                FindingSeverity.Warning,
                same[1].Name,
                $"{Names(same)} {(areEqual ? "have the same values" : "are made of the same random numbers")}: one seed for several tensors (independent draws expected)"
            )
            {
                Fix = "draw each with a seed or key of its own",
            };
        }
        foreach (TensorCheck tensor in tensors.Where(tensor => tensor.Profile is { All.IsConstant: false }))
        {
            if (Repeated(tensor.Profile!) is { } parts)
            {
                yield return new(
                    FindingKind.IdenticalTensors,
                    FindingSeverity.Warning,
                    tensor.Name,
                    $"{parts}: shards that were drawn with one seed"
                )
                {
                    Fix = "draw the tensor as a whole, or each shard with a seed of its own",
                };
            }
        }

        // A tied one is equal by design.
        static bool IsOwn(TensorCheck tensor) =>
            tensor.State is TensorState.AsPlanned or TensorState.Random or TensorState.Uneven or TensorState.Structured
            && tensor.Profile!.LargestDifference is null
            && (tensor.Row is null || tensor.Parameter == tensor.Row.Parameter.Name);
    }

    /// <summary>Parts of equal size with equal values.</summary>
    private static string? Repeated(TensorProfile profile)
    {
        foreach (
            (bool isRows, var groups) in ((bool, ImmutableArray<RunSums>)[])
                [(true, profile.Rows), (false, profile.Columns)]
        )
        {
            long length = isRows ? profile.Grid.Rows : profile.Grid.Columns;
            // The most parts first: of four equal ones two are equal to the two others.
            for (int parts = groups.Length; parts > 1; parts /= 2)
            {
                if (length % parts != 0)
                {
                    continue;
                }
                int size = groups.Length / parts;
                bool isRepeated = Enumerable
                    .Range(size, groups.Length - size)
                    .All(g => groups[g] == groups[g - size] && !groups[g].IsConstant);
                if (isRepeated)
                {
                    return $"its {parts} parts of {length / parts} {(isRows ? "rows" : "columns")} have the same values";
                }
            }
        }
        return null;
    }

    private static string Names(IReadOnlyCollection<TensorCheck> tensors) =>
        string.Join(", ", tensors.Take(3).Select(tensor => tensor.Name))
        + (tensors.Count > 3 ? $" and {tensors.Count - 3} more" : "");
}
