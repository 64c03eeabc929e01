using FanIn.Cli.Help;
using FanIn.Cli.Init;

namespace FanIn.Cli;

/// <summary>The native tool has no engine, and so none of its verbs: it says where they are.</summary>
internal static partial class Tool
{
    private static void AddEngineVerbs(ToolCommand root, Terminal terminal, string[] args)
    {
        _ = (terminal, args);
        foreach (string verb in (string[])["check", "compare"])
        {
            var command = new ToolCommand(
                verb,
                "Needs an engine: the tool that runs on .NET has it, this native one doesn't."
            )
            {
                Hidden = true,
                TreatUnmatchedTokensAsErrors = false,
            };
            command.SetAction(
                int (_) =>
                    throw new UsageException(
                        $"{verb} needs an engine, which this native tool is without: the tool that runs on .NET has it"
                    )
            );
            root.Add(command);
        }
    }

    /// <exception cref="UsageException">Always: ONNX is read by the tool that runs on .NET.</exception>
    public static ModelDescription DescribeOnnx(string path) =>
        throw new UsageException(
            $"'{path}' is an ONNX file, which this native tool doesn't read: the tool that runs on .NET does"
        );

    /// <exception cref="UsageException">Always: ONNX is written by the tool that runs on .NET.</exception>
    public static int CopyOnnx(InitRequest request, Terminal terminal, CancellationToken cancellation)
    {
        _ = (terminal, cancellation);
        _ = DescribeOnnx(request.Plan.Source.Path!);
        return ExitCode.Usage;
    }

    private static (int Code, string Message)? OfEngine(Exception e) => null;
}
