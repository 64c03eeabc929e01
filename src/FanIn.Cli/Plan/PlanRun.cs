using System.Text;
using FanIn.Checkpoints;

namespace FanIn.Cli.Plan;

/// <summary>Plans a checkpoint, writes, prints.</summary>
internal sealed class PlanRun(PlanRequest request, Terminal terminal)
{
    private readonly Terminal _person = JsonResult.ForPeople(request.Json, terminal);

    /// <exception cref="UsageException">A file can't be read or written.</exception>
    /// <exception cref="ModelConfigException">What the source says makes no model.</exception>
    /// <exception cref="RecipeException">The recipe doesn't fit the model.</exception>
    public int Execute()
    {
        using var json = new JsonResult(request.Json, "plan.json", terminal);
        CheckpointPlan plan = CheckpointPlan.Of(
            request.Source.Load(request.ElementType),
            request.Recipe,
            request.MaxShardSize,
            request.ShardRule
        );
        new PlanText(_person, request.All).Show(plan, request.RecipeText);
        json.WriteBytes(stream => stream.Write(Encoding.UTF8.GetBytes(plan.ToJson())));
        return ExitCode.Done;
    }
}
