using System.Collections.Immutable;

namespace FanIn;

/// <summary>What two plans differ in. Rows are matched by their parameters' names; their order doesn't count.</summary>
/// <param name="Added">Rows that only the later plan has.</param>
/// <param name="Removed">Rows that only the earlier plan has.</param>
/// <param name="Changed">Rows that both have and that differ, in the later plan's order.</param>
public sealed record PlanDifference(
    ImmutableArray<PlanRow> Added,
    ImmutableArray<PlanRow> Removed,
    ImmutableArray<PlanChange> Changed
)
{
    /// <summary>True where the plans fill the same values into the same parameters.</summary>
    public bool IsEmpty => Added.IsEmpty && Removed.IsEmpty && Changed.IsEmpty;

    /// <summary>A line for each difference: <c>+</c> added, <c>-</c> removed, <c>~</c> changed; empty where there is none.</summary>
    public override string ToString() =>
        string.Concat(
            Removed
                .Select(row => $"- {row.Parameter.Name}\n")
                .Concat(Added.Select(row => $"+ {row.Parameter.Name}\n"))
                .Concat(Changed.Select(change => $"~ {change}\n"))
        );

    /// <summary>True when both have equal rows in the same order.</summary>
    public bool Equals(PlanDifference? other) =>
        other is not null
        && Added.SequenceEqual(other.Added)
        && Removed.SequenceEqual(other.Removed)
        && Changed.SequenceEqual(other.Changed);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Added.Length, Removed.Length, Changed.Length);

    internal static PlanDifference Of(Plan before, Plan after)
    {
        Dictionary<string, PlanRow> old = before.Rows.ToDictionary(row => row.Parameter.Name, StringComparer.Ordinal);
        HashSet<string> names = [.. after.Rows.Select(row => row.Parameter.Name)];
        return new(
            [.. after.Rows.Where(row => !old.ContainsKey(row.Parameter.Name))],
            [.. before.Rows.Where(row => !names.Contains(row.Parameter.Name))],
            [
                .. after
                    .Rows.Where(row => old.TryGetValue(row.Parameter.Name, out PlanRow? was) && was != row)
                    .Select(row => new PlanChange(old[row.Parameter.Name], row)),
            ]
        );
    }
}

/// <summary>A parameter that two plans give different values, or describe differently.</summary>
/// <param name="Before">Its row in the earlier plan.</param>
/// <param name="After">Its row in the later one.</param>
public sealed record PlanChange(PlanRow Before, PlanRow After)
{
    /// <summary>For example <c>fc1.weight: initializer he_normal -> xavier_normal, key a -> b</c>.</summary>
    public override string ToString()
    {
        (ParameterDescription a, ParameterDescription b) = (Before.Parameter, After.Parameter);
        List<string> changes = [];
        Compare("tensor", $"{a.Tensor}", $"{b.Tensor}");
        Compare("element type", Spelling.Word(a.ElementType), Spelling.Word(b.ElementType));
        Compare("blocks", Blocks(a), Blocks(b));
        Compare("padding row", $"{a.PaddingRow}", $"{b.PaddingRow}");
        Compare(
            "initializer",
            Parts(Before, part => part.Initializer?.ToString() ?? "keep"),
            Parts(After, part => part.Initializer?.ToString() ?? "keep")
        );
        Compare("key", Parts(Before, part => part.Key), Parts(After, part => part.Key));
        Compare("role", Spelling.Word(a.Role), Spelling.Word(b.Role));
        Compare("kind of layer", a.LayerKind, b.LayerKind);
        Compare("layer", $"{a.Layer}", $"{b.Layer}");
        Compare("trainable", a.IsTrainable ? "true" : "false", b.IsTrainable ? "true" : "false");
        Compare("other names", string.Join(' ', a.Aliases), string.Join(' ', b.Aliases));
        return $"{b.Name}: {(changes.Count == 0 ? "initializer of one's own" : string.Join(", ", changes))}";

        void Compare(string what, string before, string after)
        {
            if (before != after)
            {
                changes.Add($"{what} {Shown(before)} -> {Shown(after)}");
            }
        }

        static string Shown(string value) => value.Length == 0 ? "none" : value;

        static string Blocks(ParameterDescription p) =>
            p.Blocks.IsEmpty
                ? ""
                : $"{string.Join(' ', p.Blocks.Select(block => $"{block.Name}{block.Tensor}"))} along axis {p.BlockAxis}";

        static string Parts(PlanRow row, Func<PlanPart, string> of) =>
            string.Join(' ', row.Parts.Select(of).Distinct());
    }
}
