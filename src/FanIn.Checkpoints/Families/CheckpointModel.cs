using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// A model as a checkpoint holds it: its tensors in the order of PyTorch's <c>state_dict</c>, which shards are cut from, and
/// the initialization that belongs to it.
/// </summary>
public sealed partial record CheckpointModel
{
    private readonly ImmutableArray<StateTensor> _state;
    private readonly ImmutableArray<Rule> _fixed;

    internal CheckpointModel(
        string family,
        string architecture,
        IEnumerable<StateTensor> state,
        Recipe? recipe,
        ImmutableArray<Rule> fixedRules
    )
    {
        (Family, Architecture, Recipe, _fixed, _state) = (family, architecture, recipe, fixedRules, [.. state]);
        Description = new(_state.Select(tensor => tensor.Parameter).OfType<ParameterDescription>());
        Buffers = [.. _state.Select(tensor => tensor.Buffer).OfType<CheckpointBuffer>()];
    }

    /// <summary>The families' names, as <c>model_type</c> spells them.</summary>
    public static IReadOnlyCollection<string> Families => FamilyCatalogue.ByModelType.Keys;

    /// <summary>The config's <c>model_type</c>; empty where shapes alone are known.</summary>
    public string Family { get; }

    /// <summary>The model's class, such as <c>LlamaForCausalLM</c>; empty where shapes alone are known.</summary>
    public string Architecture { get; }

    /// <summary>The parameters; one that several layers share stands once, with its other names.</summary>
    public ModelDescription Description { get; }

    /// <summary>What of the state isn't drawn.</summary>
    public ImmutableArray<CheckpointBuffer> Buffers { get; }

    /// <summary>All tensors of the state in its order, as a <see cref="ShardMap"/> takes them.</summary>
    public ImmutableArray<SafetensorsTensor> Tensors => [.. _state.Select(tensor => tensor.ToSafetensors())];

    /// <summary>The family's own initialization; null where shapes alone are known, which have none.</summary>
    public Recipe? Recipe { get; }

    /// <summary>
    /// The plan by a recipe, or by the family's own. What isn't initialized but fixed by the architecture (Whisper's
    /// sinusoids) stays what it is, unless the recipe names it.
    /// </summary>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    /// <exception cref="ModelConfigException">Neither is there a recipe.</exception>
    public Plan PlanBy(Recipe? recipe = null) => WithFixed(recipe).Apply(Description);

    /// <summary>The rows of some parameters: see <see cref="FanIn.Recipe.Apply(ModelDescription, IReadOnlySet{string})"/>.</summary>
    internal Plan PlanOfSome(IReadOnlySet<string> names, Recipe? recipe) => WithFixed(recipe).Apply(Description, names);

    /// <summary>The family's model with other parameters: those that a file has.</summary>
    internal CheckpointModel With(IEnumerable<ParameterDescription> parameters) =>
        new(Family, Architecture, parameters.Select(parameter => new StateTensor(parameter, null)), Recipe, _fixed);

    private Recipe WithFixed(Recipe? recipe)
    {
        Recipe chosen =
            recipe
            ?? Recipe
            ?? throw new ModelConfigException(
                "shapes say nothing about values: give a recipe, such as --recipe llama or a file with rules"
            );
        return _fixed.IsEmpty
            ? chosen
            : new Recipe(_fixed).With(chosen.Rules.AsSpan()) with
            {
                Name = chosen.Name,
                Depth = chosen.Depth,
                Width = chosen.Width,
            };
    }

    /// <summary>The same model stored in another floating-point type; integers stay what they are.</summary>
    /// <exception cref="InvalidOperationException">A buffer has content of its own, of another type.</exception>
    public CheckpointModel StoredAs(ElementType elementType) =>
        new(Family, Architecture, _state.Select(tensor => tensor.StoredAs(elementType)), Recipe, _fixed);

    /// <summary>True when tensors, their order and the recipe are equal.</summary>
    public bool Equals(CheckpointModel? other) =>
        other is not null
        && (Family, Architecture) == (other.Family, other.Architecture)
        && _state.SequenceEqual(other._state)
        && Recipe == other.Recipe
        && _fixed.SequenceEqual(other._fixed);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Family, Architecture, _state.Length);
}
