namespace FanIn.Checkpoints;

/// <summary>
/// A checkpoint before a single value of it is drawn: what each parameter will get, and which bytes of which file it will be.
/// A pure function of the model, the recipe and the rule of the shards.
/// </summary>
public sealed class CheckpointPlan
{
    private CheckpointPlan(CheckpointModel model, Plan plan, ShardMap shards) =>
        (Model, Plan, Shards) = (model, plan, shards);

    /// <summary>The model.</summary>
    public CheckpointModel Model { get; }

    /// <summary>A row for each parameter.</summary>
    public Plan Plan { get; }

    /// <summary>The files, with parameters and buffers.</summary>
    public ShardMap Shards { get; }

    /// <summary>The number of elements of all parameters; tied ones count once.</summary>
    public long ParameterCount => Model.Description.Parameters.Sum(parameter => parameter.Tensor.Count);

    /// <summary>Plans a checkpoint.</summary>
    /// <param name="model">The model.</param>
    /// <param name="recipe">What gives each parameter its initializer; null for the family's own.</param>
    /// <param name="maxShardSize">The most bytes of tensors in a file.</param>
    /// <param name="rule">Matters only where a tensor is larger than that.</param>
    /// <param name="metadata">For every file; null for what Hugging Face's libraries write.</param>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    /// <exception cref="ModelConfigException">There is no recipe: of a model of which shapes alone are known.</exception>
    public static CheckpointPlan Of(
        CheckpointModel model,
        Recipe? recipe = null,
        long maxShardSize = ShardMap.DefaultMaxShardSize,
        ShardRule rule = ShardRule.Hub,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(model);
        Plan plan = model.PlanBy(recipe);
        foreach (PlanRow row in plan.Rows)
        {
            if (row.Parts.FirstOrDefault(part => part.Initializer is { IsDataDriven: true }) is { } fitted)
            {
                throw new RecipeException(
                    $"{fitted.Initializer} of '{row.Parameter.Name}' is fitted to data that pass through the network; a checkpoint is drawn without running one"
                );
            }
        }
        return new(model, plan, ShardMap.Of(model.Tensors.AsEnumerable(), maxShardSize, rule, metadata));
    }

    /// <summary>
    /// The same plan with files whose data begin at a multiple of so many bytes: see <see cref="ShardMap.Aligned"/>.
    /// </summary>
    public CheckpointPlan Aligned(int alignment) => new(Model, Plan, Shards.Aligned(alignment));

    /// <summary>
    /// The plan as JSON: what <see cref="Plan.ToJson"/> writes, which <see cref="FanIn.Plan.FromJson"/> reads, and the file
    /// of each parameter, the files with their bytes, and the bytes of all tensors.
    /// </summary>
    public string ToJson() => CheckpointPlanJson.Write(this);
}
