namespace FanIn.Checkpoints;

/// <summary>The error for a tensor that isn't there.</summary>
internal static class Missing
{
    public static KeyNotFoundException Tensor(string name, IReadOnlyCollection<string> known) =>
        new(
            $"There is no tensor {Quoted.Text(name)}"
                + (
                    Spelling.Nearest(name, known) is { } nearest
                        ? $"; did you mean {Quoted.Text(nearest)}?"
                        : $" among the {known.Count}."
                )
        );
}
