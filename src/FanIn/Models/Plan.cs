using System.Collections.Immutable;

namespace FanIn;

/// <summary>A recipe applied to one model: what each parameter will get, before anything is drawn.</summary>
/// <param name="Rows">One a parameter, in the model's order.</param>
public sealed partial record Plan(ImmutableArray<PlanRow> Rows)
{
    /// <summary>One a parameter, in the model's order.</summary>
    public ImmutableArray<PlanRow> Rows
    {
        get;
        init => field = Require.Items(value, nameof(Rows));
    } = Require.Items(Rows, nameof(Rows));

    /// <summary>True when both have equal rows in the same order.</summary>
    public bool Equals(Plan? other) => other is not null && Rows.SequenceEqual(other.Rows);

    /// <inheritdoc/>
    public override int GetHashCode() => Rows.Aggregate(Rows.Length, (hash, row) => HashCode.Combine(hash, row));
}
