using System.Collections.Immutable;

namespace FanIn;

/// <summary>A recipe in which the findings' fixes come first.</summary>
internal static class FixRecipe
{
    /// <summary>
    /// Rules for single parameters come before those for many, errors before warnings, causes before what follows from
    /// them; of two for the same parameters the first one counts.
    /// </summary>
    public static Recipe Of(IEnumerable<SignalFinding> findings, ModelDescription model, Recipe? current)
    {
        Recipe start = current ?? new Recipe([Rule.Keep(Rule.AnyName)]);
        var rules = ImmutableArray.CreateBuilder<Rule>();
        var selectors = new HashSet<(string, string, ParameterRole?)>();
        IEnumerable<Rule> wanted = findings
            .Where(f => f.Severity != FindingSeverity.Note)
            .SelectMany(f => f.FixRules.IsDefault ? [] : f.FixRules)
            .OrderBy(rule => rule.Name.Contains('*', StringComparison.Ordinal) ? 1 : 0);
        foreach (Rule rule in wanted)
        {
            if (
                model.Parameters.Any(p =>
                    (rule.Role is null || rule.Role == p.Role) && rule.MatchName(p, null) is not null
                ) && selectors.Add(rule.Selector)
            )
            {
                rules.Add(rule);
            }
        }
        string name = start.Name.Length == 0 ? "fixed" : $"{start.Name}, fixed";
        return rules.Count == 0 ? start : start.With([.. rules]) with { Name = name };
    }
}
