using System.Globalization;
using static FanIn.Checkpoints.CheckWords;

namespace FanIn.Checkpoints;

/// <summary>
/// A tensor's values by themselves. In fresh and in trained weights: NaN, memory that nobody wrote, parts with statistics of
/// their own. In fresh ones also another law, scale or constant than the rule's, and a padding's row that isn't 0.
/// </summary>
internal sealed class ValuesRule(CheckpointModel? model, Lazy<HashSet<string>> depthScaled)
{
    /// <summary>No values of a rule, fresh or trained, are as large beside its deviation.</summary>
    private const double Debris = 1e6;

    /// <summary>Exact zeros among drawn values, in half precision too, are rarer than one in a million.</summary>
    private const double ZeroShare = 1e-5;
    private const long MostZeros = 8;

    /// <summary>Shorter rows, or those of values of which more than one in 100 is rounded to 0, may be 0 by chance.</summary>
    private const long LeastZeroRow = 8;
    private const double MostRounded = 0.01;

    /// <summary>Trained weights may have some rows of zeros: units that were pruned, tokens that aren't used.</summary>
    private const double TrainedZeroRows = 0.01;

    public IEnumerable<SignalFinding> Judge(TensorCheck tensor, SignalExpectation expectation) =>
        Always(tensor) is { } finding ? [finding]
        : expectation == SignalExpectation.Trained ? OfTrained(tensor)
        : OfFresh(tensor);

    private static IEnumerable<SignalFinding> OfTrained(TensorCheck tensor)
    {
        if (
            tensor is { IsDrawn: true, Row.Parameter.Role: ParameterRole.Weight, Profile: { } profile }
            && profile.ZeroRows.Count > TrainedZeroRows * profile.Grid.Rows
        )
        {
            yield return new(
                FindingKind.Uninitialized,
                FindingSeverity.Warning,
                tensor.Name,
                $"{ZeroRows(profile)}, as if nobody had written them"
            )
            {
                Fix = "see that the whole of its weights was converted or saved",
            };
        }
    }

    private IEnumerable<SignalFinding> OfFresh(TensorCheck tensor)
    {
        if (tensor.State == TensorState.Unchecked || tensor.Expected is not { } expected)
        {
            yield break;
        }
        ValueSums values = tensor.Profile!.All;
        if (IsBroken(tensor.Profile.Padding))
        {
            yield return new SignalFinding(
                FindingKind.PaddingRow,
                FindingSeverity.Warning,
                tensor.Name,
                $"row {tensor.Row!.Parameter.PaddingRow}, that of the padding token, has values up to {Number(tensor.Profile.Padding!.Value.Largest)} (0 expected)"
            )
            {
                Fix = "set this row to 0",
            };
        }
        // As many as are next to 0 in a law of this deviation, at most.
        double rounded = StoredNumbers.SpacingOf(tensor.Tensor.Type, 0) / expected.StandardDeviation;
        bool mayHaveZeros =
            !expected.IsIndependent || expected.HasZeros || expected.IsConstant || rounded > MostRounded;
        bool hasZeroRows = tensor.Profile.ZeroRows.Count > 0 && tensor.Profile.Grid.Columns >= LeastZeroRow;
        if (!mayHaveZeros && (hasZeroRows || values.Zeros > Math.Max(MostZeros, (ZeroShare + rounded) * values.Count)))
        {
            yield return Mended(
                FindingKind.Uninitialized,
                FindingSeverity.Error,
                tensor,
                $"{(hasZeroRows ? ZeroRows(tensor.Profile) : $"{Count(values.Zeros)} of {Count(values.Count)} values are exactly 0")}, as memory that nobody wrote ({Law(tensor)} expected)"
            );
            yield break;
        }
        if (tensor.State == TensorState.AsPlanned)
        {
            yield break;
        }
        if (expected.IsConstant)
        {
            yield return Mended(
                FindingKind.WrongValues,
                FindingSeverity.Error,
                tensor,
                tensor.State == TensorState.Constant
                    ? $"is {Number(values.Least)} everywhere ({Number(expected.Mean)} expected)"
                    : $"has mean {Number(values.Mean)} and deviation {Number(Math.Sqrt(values.Variance))} ({Number(expected.Mean)} everywhere expected)"
            );
        }
        else if (tensor.State == TensorState.Random && expected.IsIndependent)
        {
            yield return OtherLaw(tensor, expected, values);
        }
        else
        {
            double ratio = Math.Sqrt(values.Variance) / expected.StandardDeviation;
            yield return Mended(
                FindingKind.WrongValues,
                IsFar(ratio) ? FindingSeverity.Error : FindingSeverity.Warning,
                tensor,
                tensor.Profile.LargestDifference is { } off
                    ? $"differs from {Law(tensor)} by up to {Number(off)} of its largest value"
                    : $"has mean {Number(values.Mean)}, deviation {Number(Math.Sqrt(values.Variance))} and kurtosis {Number(values.Kurtosis)}: no law that weights are drawn from, or not the same everywhere ({Law(tensor)} expected)"
            );
        }
    }

    private SignalFinding OtherLaw(TensorCheck tensor, ExpectedValues expected, ValueSums values)
    {
        double found = Math.Sqrt(values.Variance);
        double ratio = found / expected.StandardDeviation;
        LikelySlip slip = LikelySlip.Of(tensor, model!, depthScaled.Value.Contains(tensor.Row!.Parameter.Name));
        string shape = TensorLaw.ShapeOf(values, tensor.Tensor.Type) is { Length: > 0 } name ? $", {name}" : "";
        bool isOff =
            Math.Abs(values.Mean - expected.Mean)
            > TensorLaw.MostErrors * expected.StandardDeviation / Math.Sqrt(values.Finite);
        string mean = isOff ? $"mean {Number(values.Mean)} and " : "";
        string times = Math.Abs(ratio - 1) < 0.002 ? "" : $", {Number(ratio)} times the rule's";
        return Mended(
            slip.Kind,
            IsFar(ratio) ? FindingSeverity.Error : FindingSeverity.Warning,
            tensor,
            $"has {mean}deviation {Number(found)}{shape}{times}{slip.Text} ({Law(tensor)} expected)"
        );
    }

    /// <summary>What is wrong in fresh and in trained weights alike.</summary>
    private SignalFinding? Always(TensorCheck tensor)
    {
        switch (tensor.State)
        {
            case TensorState.NonFinite:
                return Mended(
                    FindingKind.NonFinite,
                    FindingSeverity.Error,
                    tensor,
                    $"has {Count(tensor.Values!.NonFinite)} of {Count(tensor.Values.Count)} values that are NaN or infinite"
                );
            case not TensorState.Unchecked when tensor.Profile!.All.Largest > Debris * ScaleOf(tensor):
                return Mended(
                    FindingKind.Uninitialized,
                    FindingSeverity.Error,
                    tensor,
                    $"has values up to {Number(tensor.Profile!.All.Largest)}, as memory that nobody wrote{(tensor.Expected is null ? "" : $" ({Law(tensor)} expected)")}"
                );
            case TensorState.Constant when tensor.IsDrawn:
                return Mended(
                    FindingKind.Uninitialized,
                    FindingSeverity.Error,
                    tensor,
                    $"is {Number(tensor.Profile!.All.Least)} everywhere ({Law(tensor)} expected)"
                );
            case TensorState.Constant
                when model is null
                    && tensor.Tensor.Shape.Length > 1
                    && tensor.Name.EndsWith("weight", StringComparison.Ordinal):
                return new(
                    FindingKind.ConstantWeights,
                    FindingSeverity.Warning,
                    tensor.Name,
                    $"is {Number(tensor.Profile!.All.Least)} everywhere"
                );
            case TensorState.Uneven:
                bool isBare = tensor.Pieces.Any(piece => piece.Sums.IsConstant);
                return Mended(
                    isBare ? FindingKind.Uninitialized : FindingKind.ShardBoundary,
                    FindingSeverity.Error,
                    tensor,
                    $"{string.Join(", ", tensor.Pieces.Select(Piece))}{(tensor.Expected is null ? "" : $" ({Law(tensor)} expected)")}: {(isBare ? "a part that nobody initialized" : "parts that were initialized each by itself")}"
                );
            default:
                return null;
        }
    }

    private static string ZeroRows(TensorProfile profile) =>
        profile.ZeroRows.Count == 1
            ? $"row {profile.ZeroRows.First} is 0"
            : $"{Count(profile.ZeroRows.Count)} of {Count(profile.Grid.Rows)} rows, the first of them row {profile.ZeroRows.First}, are 0";

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Piece(TensorPiece piece) =>
        $"{(piece.IsRows ? "rows" : "columns")} {piece.Start}..{piece.End - 1} {(piece.Sums.IsConstant ? $"are {Number(piece.Sums.Least)}" : $"have deviation {Number(Math.Sqrt(piece.Sums.Variance))}")}";

    /// <summary>What a tensor's values are compared with: the deviation and mean, or the constant, of its rule, or 1.</summary>
    private static double ScaleOf(TensorCheck tensor) =>
        tensor.IsDrawn
            ? Math.Max(tensor.ExpectedStandardDeviation!.Value, Math.Abs(tensor.ExpectedMean!.Value))
            : Math.Max(1, Math.Abs(tensor.ExpectedMean ?? 1));

    private static bool IsBroken(ValueSums? padding) => padding is { } row && !(row.IsConstant && row.Most == 0);

    private static bool IsFar(double ratio) => ratio is not (> 0.5 and < 2);
}
