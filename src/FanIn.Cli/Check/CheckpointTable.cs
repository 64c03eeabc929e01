using System.Globalization;
using FanIn.Checkpoints;

namespace FanIn.Cli.Check;

/// <summary>
/// A checkpoint's tensors for a person: those whose names differ in numbers only, and that are the same by rule and state,
/// share a line.
/// </summary>
internal sealed class CheckpointTable(ColouredLines lines, int width, bool all)
{
    /// <summary>Where nobody watches, each row has one line.</summary>
    public const int Unwatched = 160;

    private const int MostRows = 40;

    private static readonly StringComparer s_byNumber = StringComparer.Create(
        CultureInfo.InvariantCulture,
        CompareOptions.NumericOrdering
    );

    private sealed record Group(string Name, TensorCheck First)
    {
        public List<TensorCheck> Tensors { get; } = [First];
    }

    /// <summary>The sentence of a checkpoint that nothing speaks against.</summary>
    public static string Healthy(CheckpointReport report) =>
        report.Expectation == SignalExpectation.Trained ? "Trained weights; nothing speaks against them."
        : report.Tensors.Any(tensor => tensor.ExpectedStandardDeviation is not null)
            ? "Every tensor is as its rule says."
        : "Freshly drawn, as it seems; without a config there is no rule to hold the values against.";

    public void Show(CheckpointReport report)
    {
        Group[] groups = [.. Groups(report)];
        // What is amiss first.
        Group[] shown = all || groups.Length <= MostRows ? groups : [.. groups.OrderBy(g => IsPlain(g)).Take(MostRows)];
        var columns = Columns.Of(
            ["tensor", "tensors", "std", "rule's", "mean", "is", "rule"],
            [.. shown.Select(Cells)],
            width
        );
        foreach ((int row, string line) in columns.Lines())
        {
            if (row < 0 || IsPlain(shown[row]))
            {
                lines.Write(line);
            }
            else
            {
                lines.Write("", line, "yellow");
            }
        }
        if (shown.Length < groups.Length)
        {
            lines.Write($"{shown.Length} of {groups.Length} lines; --all-layers shows the others.");
        }
    }

    private IEnumerable<Group> Groups(CheckpointReport report)
    {
        var groups = new OrderedDictionary<(string, string?, TensorState), Group>();
        foreach (TensorCheck tensor in report.Tensors.OrderBy(tensor => tensor.Name, s_byNumber))
        {
            string pattern = all ? tensor.Name : LayerNames.PatternOf(tensor.Name);
            var key = (pattern, tensor.Initializer?.ToString(), tensor.State);
            if (groups.TryGetValue(key, out Group? group))
            {
                group.Tensors.Add(tensor);
            }
            else
            {
                groups.Add(key, new(pattern, tensor));
            }
        }
        return groups.Values.Select(group => group.Tensors.Count == 1 ? new(group.First.Name, group.First) : group);
    }

    private static bool IsPlain(Group group) =>
        group.First.State is TensorState.AsPlanned or TensorState.Unchecked
        || (
            group.First.ExpectedStandardDeviation is null
            && group.First.State is TensorState.Random or TensorState.Structured
        );

    private static IReadOnlyList<string> Cells(Group group) =>
        [
            group.Name,
            group.Tensors.Count.ToString("N0", CultureInfo.InvariantCulture),
            Range(group.Tensors.Select(tensor => tensor.Values?.StandardDeviation)),
            Range([group.First.ExpectedStandardDeviation]),
            Range([group.Tensors.Count == 1 ? group.First.Values?.Mean : Farthest(group)]),
            CheckpointJson.StateWord(group.First.State),
            group.First.Initializer?.ToString() ?? "",
        ];

    /// <summary>The mean that is farthest from the rule's.</summary>
    private static double? Farthest(Group group) =>
        group
            .Tensors.Select(tensor => tensor.Values?.Mean)
            .MaxBy(mean => Math.Abs((mean ?? 0) - (group.First.ExpectedMean ?? 0)));

    private static string Range(IEnumerable<double?> values)
    {
        double[] known = [.. values.OfType<double>()];
        if (known.Length == 0)
        {
            return "-";
        }
        (string low, string high) = (Number(known.Min()), Number(known.Max()));
        return low == high ? low : $"{low}..{high}";
    }

    private static string Number(double value) =>
        Math.Abs(value) < 1e-12
            ? "0"
            : value.ToString("G3", CultureInfo.InvariantCulture).Replace("E", "e", StringComparison.Ordinal);
}
