using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// Tensors that were drawn with one seed (<see cref="SharedDraws"/>), and shards of one tensor that were: warnings.
/// </summary>
internal static class SharedDrawsRule
{
    public static IEnumerable<SignalFinding> Judge(TensorCheck[] tensors, bool hasModel)
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
        // What a model doesn't have, such as masks, may be of any pattern.
        foreach (
            TensorCheck tensor in tensors.Where(tensor => IsDrawn(tensor) && (tensor.Row is not null || !hasModel))
        )
        {
            TensorProfile profile = tensor.Profile!;
            if (profile.Repetition is { } repetition)
            {
                long length = (repetition.IsRows ? profile.Grid.Rows : profile.Grid.Columns) / repetition.Parts;
                yield return new(
                    FindingKind.IdenticalTensors,
                    FindingSeverity.Warning,
                    tensor.Name,
                    $"its {repetition.Parts} parts of {length} {(repetition.IsRows ? "rows" : "columns")} have the same values: shards or blocks that were drawn with one seed"
                )
                {
                    Fix = "draw the tensor as a whole, or each part with a seed of its own",
                };
            }
            else if (profile.Copies > 0 && 2 * profile.All.Zeros < profile.All.Count)
            {
                yield return new(
                    FindingKind.Symmetric,
                    profile.Copies == profile.Grid.Rows - 1 ? FindingSeverity.Error : FindingSeverity.Warning,
                    tensor.Name,
                    $"{profile.Copies} of its {profile.Grid.Rows} rows are copies of others: such units get equal gradients"
                )
                {
                    Fix = tensor.Initializer?.ToString(),
                };
            }
        }

        // Of a pattern parts may be equal by design, of the few numbers that rounding leaves by chance.
        static bool IsDrawn(TensorCheck tensor) =>
            tensor.Profile is { All.IsConstant: false, All.NonFinite: 0 }
            && tensor.Expected is null or { IsIndependent: true }
            && !(tensor.Expected is { } law && TensorLaw.IsCoarse(law.Mean, law.StandardDeviation, tensor.Tensor.Type));

        // A tied one is equal by design.
        static bool IsOwn(TensorCheck tensor) =>
            tensor.State is TensorState.AsPlanned or TensorState.Random or TensorState.Uneven or TensorState.Structured
            && tensor.Profile!.LargestDifference is null
            && tensor.Expected is null or { IsIndependent: true }
            && (tensor.Row is null || tensor.Parameter == tensor.Row.Parameter.Name);
    }

    private static string Names(IReadOnlyCollection<TensorCheck> tensors) =>
        string.Join(", ", tensors.Take(3).Select(tensor => tensor.Name))
        + (tensors.Count > 3 ? $" and {tensors.Count - 3} more" : "");
}
