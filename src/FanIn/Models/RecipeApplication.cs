using System.Collections.Immutable;

namespace FanIn;

/// <summary>One recipe applied to one model: which rule takes which logical tensor, and what doesn't fit.</summary>
internal sealed class RecipeApplication
{
    private readonly Recipe _recipe;
    private readonly ModelDescription _model;
    private readonly ModelStructure _structure;

    /// <summary>Those that get rows; null for all.</summary>
    private readonly IReadOnlySet<string>? _names;

    /// <summary>The parts that each rule's selector fits, and the rule that took each.</summary>
    private readonly List<(LogicalTensor Part, int TakenBy)>[] _fits;

    public RecipeApplication(Recipe recipe, ModelDescription model, IReadOnlySet<string>? names)
    {
        (_recipe, _model, _structure, _names) = (recipe, model, new(model), names);
        _fits = [.. recipe.Rules.Select(_ => new List<(LogicalTensor, int)>())];
    }

    /// <summary>A parameter as a whole, or one block of a packed one.</summary>
    private sealed record LogicalTensor(ParameterDescription Parameter, TensorDescription Tensor, string? Block)
    {
        public string Name => Block is null ? Parameter.Name : $"{Parameter.Name}#{Block}";

        public static IEnumerable<LogicalTensor> Of(ParameterDescription parameter) =>
            parameter.Blocks.IsEmpty
                ? [new(parameter, parameter.Tensor, null)]
                : parameter.Blocks.Select(block => new LogicalTensor(parameter, block.Tensor, block.Name));
    }

    public Plan Plan()
    {
        CheckRules();
        var taken = new List<(ParameterDescription Parameter, LogicalTensor[] Parts, int[] Rules)>();
        var unmatched = new List<string>();
        foreach (ParameterDescription parameter in _model.Parameters)
        {
            LogicalTensor[] parts = [.. LogicalTensor.Of(parameter)];
            int[] rules = [.. parts.Select(RuleFor)];
            if (_names?.Contains(parameter.Name) == false)
            {
                continue;
            }
            if (rules.Contains(-1) && parameter.IsTrainable)
            {
                unmatched.AddRange(
                    rules.All(rule => rule < 0)
                        ? [$"'{parameter.Name}' ({Describe(parameter)})"]
                        : parts.Where((_, i) => rules[i] < 0).Select(part => $"'{part.Name}' ({Describe(parameter)})")
                );
                continue;
            }
            taken.Add((parameter, parts, rules));
        }
        CheckRank();
        CheckAllUsed();
        if (unmatched.Count > 0)
        {
            throw Fault(
                $"no rule matches {List(unmatched)}; "
                    + "add a rule for each, such as Rule.For(\"name\", initializer) or Rule.Keep(\"name\")"
            );
        }
        // Only now: a rule that is one too many is the cause, that it doesn't suit a parameter the consequence.
        ImmutableArray<PlanRow> rows =
        [
            .. taken.Select(row => new PlanRow(
                row.Parameter,
                [.. row.Parts.Zip(row.Rules, (part, rule) => For(part, rule < 0 ? null : _recipe.Rules[rule]))]
            )),
        ];
        CheckKeys(rows);
        return new Plan(rows);
    }

    private RecipeException Fault(string sentence) =>
        new(_recipe.Name.Length == 0 ? sentence : $"recipe {_recipe.Name}: {sentence}");

    private void CheckRules()
    {
        foreach (Rule rule in _recipe.Rules)
        {
            if (rule.Fault is { } fault)
            {
                throw Fault(fault);
            }
        }
    }

    /// <summary>The index of the rule that decides, or -1.</summary>
    private int RuleFor(LogicalTensor part)
    {
        int taken = -1;
        var fits = new List<int>();
        for (int i = 0; i < _recipe.Rules.Length; i++)
        {
            Rule rule = _recipe.Rules[i];
            if (!rule.FitsKindAndRole(part.Parameter) || Match(rule, part) is null)
            {
                continue;
            }
            fits.Add(i);
            // A rule for any name doesn't mean the frozen ones.
            if (taken < 0 && (part.Parameter.IsTrainable || rule.Name != Rule.AnyName))
            {
                taken = i;
            }
        }
        foreach (int fit in fits)
        {
            _fits[fit].Add((part, taken));
        }
        return taken;
    }

    /// <summary>What the rule's pattern captures, and whether it means the one block alone.</summary>
    private static (ImmutableArray<string> Captures, bool IsBlock)? Match(Rule rule, LogicalTensor part) =>
        rule.MatchName(part.Parameter, null) is { } whole ? (whole, false)
        : part.Block is not null && rule.MatchName(part.Parameter, part.Block) is { } block ? (block, true)
        : null;

    private PlanPart For(LogicalTensor part, Rule? rule)
    {
        string suffix = part.Block is null ? "" : $"#{part.Block}";
        string key = ParameterNames.KeyOf(part.Parameter.Name) + suffix;
        if (rule?.Key is not null && Match(rule, part) is var (captures, isBlock))
        {
            key = rule.KeyFrom(captures) + (isBlock ? "" : suffix);
        }
        return new(key, part.Tensor, InitializerFor(part, rule));
    }

    private Initializer? InitializerFor(LogicalTensor part, Rule? rule)
    {
        if (rule?.Given is not { } given)
        {
            return null;
        }
        Initializer initializer;
        try
        {
            initializer = given.Resolve(_structure.VariablesFor(part.Parameter, part.Tensor, part.Block));
        }
        catch (SpellingException e)
        {
            throw Fault($"the rule {rule} fails for '{part.Name}' ({Describe(part.Parameter)}): {e.Message}");
        }
        if (initializer.NeedsFan && part.Tensor.Fan is null)
        {
            throw Fault(
                $"{initializer} needs a fan, but '{part.Parameter.Name}' ({Describe(part.Parameter)}) has none, since its layout isn't known; "
                    + "give it an initializer with its own scale, such as normal(std=0.02) or zeros, or keep it"
            );
        }
        try
        {
            _ = initializer.StandardDeviation(part.Tensor);
        }
        catch (ArgumentException e)
        {
            throw Fault($"the rule {rule} doesn't suit '{part.Name}': {Spelling.Sentence(e).TrimEnd('.')}");
        }
        return initializer;
    }

    private void CheckRank()
    {
        foreach (var group in _recipe.Rules.Index().GroupBy(rule => rule.Item.Selector).Where(g => g.Count() > 1))
        {
            (int index, Rule first) = group.First();
            Rule second = group.ElementAt(1).Item;
            string both =
                _fits[index].Count == 0
                    ? "both match nothing"
                    : $"both match {List(_fits[index].Select(fit => $"'{fit.Part.Name}'"))}";
            throw Fault(
                $"the rules {first} and {second} have the same pattern, kind and role, so that they are equal in rank; {both}; take one out"
            );
        }
    }

    private void CheckAllUsed()
    {
        foreach ((int i, Rule rule) in _recipe.Rules.Index())
        {
            if (rule.MayMatchNothing)
            {
                continue;
            }
            if (_fits[i].Count == 0)
            {
                throw Fault($"the rule {rule} matches no parameter; {Hint(rule)}");
            }
            // Frozen parameters that only rules for any name fit are nobody's.
            var taken = _fits[i].Where(fit => fit.TakenBy >= 0 && fit.TakenBy < i).ToList();
            if (!rule.MayBeOverruled && taken.Count > 0 && taken.Count == _fits[i].Count)
            {
                throw Fault(
                    $"the rule {rule} never applies: earlier rules take all that it matches: "
                        + List(taken.Select(fit => $"'{fit.Part.Name}' ({_recipe.Rules[fit.TakenBy]})"))
                );
            }
        }
    }

    private string Hint(Rule rule)
    {
        if (_model.Parameters.IsEmpty)
        {
            return "the model has no parameters";
        }
        if (!_model.Parameters.Any(p => rule.FitsKind(p.LayerKind)))
        {
            string[] kinds = [.. _model.Parameters.Select(p => p.LayerKind).Where(kind => kind.Length > 0).Distinct()];
            return kinds.Length == 0
                ? "the model doesn't say what kinds of layers it has"
                : Spelling.Unknown("kind of layer", rule.LayerKind, kinds);
        }
        if (
            _model.Parameters.FirstOrDefault(p => LogicalTensor.Of(p).Any(part => Match(rule, part) is not null)) is
            { } named
        )
        {
            return $"'{named.Name}' is a {RoleOf(named)}{KindOf(named)}";
        }
        return Spelling.Nearest(rule.Name, _model.Parameters.Select(p => p.Name)) is { } nearest
            ? $"did you mean '{nearest}'?"
            : $"the model has {List(_model.Parameters.Select(p => $"'{p.Name}'"))}";
    }

    private void CheckKeys(IEnumerable<PlanRow> rows)
    {
        var keys = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (PlanRow row in rows)
        {
            foreach (string key in row.Parts.Select(part => part.Key))
            {
                if (!Spelling.IsWellFormed(key))
                {
                    throw Fault(
                        $"the key {Spelling.Quote(key)} of {Spelling.Quote(row.Parameter.Name)} has half a surrogate pair; a key must be well-formed UTF-16"
                    );
                }
                if (!keys.TryAdd(key, row.Parameter.Name))
                {
                    throw Fault(
                        $"'{keys[key]}' and '{row.Parameter.Name}' would share the key '{key}' and so get the same values; "
                            + "rename one, or give it another key by a rule"
                    );
                }
            }
        }
    }

    private static string Describe(ParameterDescription parameter) =>
        $"{RoleOf(parameter)}{KindOf(parameter)}, {parameter.Tensor}";

    private static string RoleOf(ParameterDescription parameter) => Spelling.Word(parameter.Role);

    private static string KindOf(ParameterDescription parameter) =>
        parameter.LayerKind.Length == 0 ? "" : $" of {parameter.LayerKind}";

    private static string List(IEnumerable<string> items)
    {
        const int Most = 10;
        string[] all = [.. items];
        return string.Join(", ", all.Take(Most)) + (all.Length > Most ? $" and {all.Length - Most} more" : "");
    }
}
