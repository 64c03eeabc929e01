using System.Collections.Immutable;

namespace FanIn.Checkpoints;

/// <summary>
/// What those tensors of a checkpoint get that shall be new. What a tensor is to its layer, how deep and how wide the model is,
/// is told by the whole checkpoint, so that a value doesn't hang on which others are new.
/// </summary>
public sealed class ReplacementPlan
{
    private readonly CheckpointModel? _model;
    private readonly ModelMatch? _match;
    private readonly TensorNames _names;
    private readonly Func<string, bool> _isNew;
    private readonly bool _hasRecipe;

    private readonly Dictionary<string, ParameterDescription> _known = new(StringComparer.Ordinal);
    private readonly HashSet<string> _buffers = new(StringComparer.Ordinal);

    /// <summary>How a parameter of the model is stored: once, under whatever name, or under several.</summary>
    private readonly Dictionary<string, List<SafetensorsTensor>> _stored = new(StringComparer.Ordinal);

    private readonly List<ParameterDescription> _others = [];
    private readonly List<(string Name, string Reason)> _kept = [];
    private readonly List<string> _toldByName = [];

    private ReplacementPlan(
        IReadOnlyCollection<SafetensorsTensor> tensors,
        Func<string, bool> isNew,
        CheckpointModel? model,
        Recipe? recipe
    )
    {
        (_model, _isNew, _hasRecipe) = (model, isNew, recipe is not null);
        _match = model is null ? null : new(model, tensors);
        _names = new([.. tensors.Select(tensor => (tensor.Name, tensor.Shape))]);
        foreach (ParameterDescription parameter in model?.Description.Parameters ?? [])
        {
            foreach (string name in parameter.Aliases.Prepend(parameter.Name))
            {
                _known[name] = parameter;
            }
        }
        _buffers.UnionWith(model?.Buffers.Select(buffer => buffer.Name) ?? []);
        foreach (SafetensorsTensor tensor in tensors)
        {
            Sort(tensor);
        }
        Plan = new([.. Rows(recipe)]);
    }

    /// <summary>A row for each tensor that gets new values; of a parameter that is stored under several names for each of them.</summary>
    public Plan Plan { get; }

    /// <summary>Which of the chosen tensors keep their values, and why.</summary>
    public ImmutableArray<(string Name, string Reason)> Kept => [.. _kept];

    /// <summary>Which of the chosen tensors the config doesn't describe, so that they were told by their names.</summary>
    public ImmutableArray<string> ToldByName => [.. _toldByName];

    /// <summary>Plans new values for some tensors of a checkpoint.</summary>
    /// <param name="tensors">All of its tensors.</param>
    /// <param name="isNew">Chooses them by their names.</param>
    /// <param name="model">What the checkpoint's config describes; null where names and shapes alone tell.</param>
    /// <param name="recipe">Null for the family's own.</param>
    /// <exception cref="ModelConfigException">A chosen tensor can't be given values; or there is no recipe.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public static ReplacementPlan Of(
        IEnumerable<SafetensorsTensor> tensors,
        Func<string, bool> isNew,
        CheckpointModel? model,
        Recipe? recipe
    )
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(isNew);
        return new([.. tensors], isNew, model, recipe);
    }

    /// <summary>A parameter of the model, a buffer, or what only its name tells.</summary>
    private void Sort(SafetensorsTensor tensor)
    {
        string? name = _match?.NameOf(tensor);
        ParameterDescription? known = name is null ? null : _known.GetValueOrDefault(name);
        if (known is not null && tensor.Shape.SequenceEqual(known.Tensor.Shape))
        {
            if (!_stored.TryGetValue(known.Name, out List<SafetensorsTensor>? list))
            {
                _stored[known.Name] = list = [];
            }
            // Its own name first.
            list.Insert(name == known.Name ? 0 : list.Count, tensor);
        }
        else if ((name is not null && _buffers.Contains(name)) || CheckpointModel.IsBuffer(tensor))
        {
            Keep(tensor, "counted, not drawn");
        }
        else
        {
            Tell(tensor, known);
        }
    }

    private void Keep(SafetensorsTensor tensor, string reason)
    {
        if (_isNew(tensor.Name))
        {
            _kept.Add((tensor.Name, reason));
        }
    }

    private void Tell(SafetensorsTensor tensor, ParameterDescription? known)
    {
        ParameterDescription told = _names.Describe(tensor.Name, tensor.Shape);
        // A mask, a table of angles: only a rule that names it gives it values.
        bool isOther = _model is not null && told.Role == ParameterRole.Other;
        ElementType? type = tensor.Type.ToElementType();
        _others.Add(told with { ElementType = type ?? default, IsTrainable = !isOther });
        if (!_isNew(tensor.Name))
        {
            return;
        }
        string fault =
            type is null ? $"{tensor.Type.Name()}: it is no weight; leave it out"
            : known is null ? $"no parameter of the config's {_model?.Architecture}: give a recipe, or leave it out"
            : $"[{string.Join(", ", tensor.Shape)}], but [{string.Join(", ", known.Tensor.Shape)}] in the config's {_model?.Architecture}: give a recipe, or leave it out";
        if (type is null ? !isOther : _model is not null && !isOther && !_hasRecipe)
        {
            throw new ModelConfigException($"{Quoted.Text(tensor.Name)} is {fault}");
        }
        if (type is null || (isOther && !_hasRecipe))
        {
            _others.RemoveAt(_others.Count - 1);
            _kept.Add(
                (
                    tensor.Name,
                    type is null ? $"{tensor.Type.Name()}: no weight" : $"no parameter of {_model!.Architecture}"
                )
            );
        }
        else if (_model is not null && !isOther)
        {
            _toldByName.Add(tensor.Name);
        }
    }

    private List<PlanRow> Rows(Recipe? recipe)
    {
        var chosen = new HashSet<string>(
            _others.Select(parameter => parameter.Name).Where(_isNew),
            StringComparer.Ordinal
        );
        var all = new List<ParameterDescription>();
        var storedAs = new Dictionary<string, List<SafetensorsTensor>>(StringComparer.Ordinal);
        foreach (ParameterDescription parameter in _model?.Description.Parameters ?? [])
        {
            if (!_stored.TryGetValue(parameter.Name, out List<SafetensorsTensor>? list))
            {
                all.Add(parameter);
                continue;
            }
            CheckTied(list);
            // Under the file's own name, with or without the module's path; under an alias alone it stays what it is.
            string name = _match!.NameOf(list[0]) == parameter.Name ? list[0].Name : parameter.Name;
            all.Add(
                parameter with
                {
                    Name = name,
                    ElementType = list[0].Type.ToElementType() ?? default,
                    Aliases =
                    [
                        .. parameter
                            .Aliases.Concat(list.Select(tensor => tensor.Name))
                            .Where(alias => alias != name)
                            .Distinct(StringComparer.Ordinal),
                    ],
                }
            );
            if (_isNew(list[0].Name))
            {
                storedAs[name] = list;
                chosen.Add(name);
            }
        }
        all.AddRange(_others);
        CheckpointModel model = (_model ?? new CheckpointModel("", "", [], null, [])).With(all);
        var rows = new List<PlanRow>();
        foreach (PlanRow row in model.PlanOfSome(chosen, recipe).Rows)
        {
            if (row.IsKept)
            {
                string reason = row.Parameter.IsTrainable ? "its rule keeps it" : "no rule names it";
                _kept.AddRange(NamesOf(row).Select(name => (name, reason)));
                continue;
            }
            rows.AddRange(storedAs.TryGetValue(row.Parameter.Name, out var list) ? list.Select(As) : [row]);

            PlanRow As(SafetensorsTensor tensor) =>
                row with
                {
                    Parameter = row.Parameter with
                    {
                        Name = tensor.Name,
                        ElementType = tensor.Type.ToElementType()!.Value,
                        Aliases =
                        [
                            .. row.Parameter.Aliases.Prepend(row.Parameter.Name).Where(alias => alias != tensor.Name),
                        ],
                    },
                };
        }
        return rows;

        IEnumerable<string> NamesOf(PlanRow row) =>
            storedAs.TryGetValue(row.Parameter.Name, out var list)
                ? list.Select(tensor => tensor.Name)
                : [row.Parameter.Name];
    }

    private void CheckTied(List<SafetensorsTensor> stored)
    {
        int chosen = stored.Count(tensor => _isNew(tensor.Name));
        if (chosen > 0 && chosen < stored.Count)
        {
            throw new ModelConfigException(
                $"{string.Join(" and ", stored.Select(tensor => Quoted.Text(tensor.Name)))} are one tensor of {_model!.Architecture}, stored {(stored.Count == 2 ? "twice" : $"{stored.Count} times")}: choose {(stored.Count == 2 ? "both" : "all")} or none"
            );
        }
        if (chosen > 0 && stored.FirstOrDefault(tensor => tensor.Type.ToElementType() is null) is { } other)
        {
            throw new ModelConfigException(
                $"{Quoted.Text(other.Name)} is {other.Type.Name()}, which weights aren't drawn in; leave it out"
            );
        }
    }
}
