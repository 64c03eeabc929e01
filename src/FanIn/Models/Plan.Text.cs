namespace FanIn;

public sealed partial record Plan
{
    /// <summary>
    /// The plan as JSON: every parameter with shape, element type, initializer, key, fan and standard deviation, and what it
    /// takes to fill it again without model and recipe.
    /// </summary>
    public string ToJson() => PlanJson.Write(this);

    /// <summary>
    /// Reads a plan that <see cref="ToJson"/> wrote: an equal one, which fills the same values. Where fan or standard
    /// deviation in it are not those of its shapes and rules, it was changed by hand or by another version: an error.
    /// </summary>
    /// <param name="json">The document.</param>
    /// <param name="custom">
    /// Initializers of one's own (<see cref="Initializer.Custom"/>) that the plan has by name; it can't be read without them.
    /// </param>
    /// <exception cref="SpellingException">Says on which line what is wrong.</exception>
    public static Plan FromJson(string json, params ReadOnlySpan<Initializer> custom) =>
        PlanJson.Read(json, Require.Items<Initializer>([.. custom], nameof(custom)));

    /// <summary>What differs between two plans: parameters that only one has, and what changed in the others.</summary>
    public static PlanDifference Diff(Plan before, Plan after)
    {
        ArgumentNullException.ThrowIfNull(before);
        ArgumentNullException.ThrowIfNull(after);
        return PlanDifference.Of(before, after);
    }

    /// <summary>Writes the plan as a table, a line for each logical tensor: name, shape, rule, fan, standard deviation, key.</summary>
    public void Write(TextWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        PlanTable.Write(this, writer);
    }

    /// <summary>The table that <see cref="Write"/> writes.</summary>
    public override string ToString()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        Write(writer);
        return writer.ToString();
    }
}
