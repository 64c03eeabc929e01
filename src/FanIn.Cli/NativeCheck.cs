using System.Diagnostics;

namespace FanIn.Cli.Check;

/// <summary>The native tool checks checkpoints, which takes no engine, and nothing else.</summary>
internal static class CheckEngine
{
    /// <exception cref="UsageException">It is no checkpoint, or a page with pictures is asked for.</exception>
    public static void Require(CheckRequest request)
    {
        if (request.Kind != CheckSource.Checkpoint)
        {
            throw new UsageException(
                $"a network is run by an engine, which this small native tool is without, and so it checks checkpoints alone: {Tool.Elsewhere} checks '{request.Source}'"
            );
        }
        if (request.Report is not null)
        {
            throw new UsageException($"--report draws pictures, which {Tool.Elsewhere} does; --json has all numbers");
        }
    }

    public static CheckOutcome Run(CheckRequest request) => throw new UnreachableException(request.Source);

    public static void WritePage(Stream stream, CheckOutcome outcome, string command) =>
        throw new UnreachableException($"{stream} {outcome.Subject} {command}");
}
