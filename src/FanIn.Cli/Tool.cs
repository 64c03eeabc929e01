using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Reflection;
using System.Runtime.InteropServices;
using FanIn.Checkpoints;
using FanIn.Cli.Check;
using FanIn.Cli.Critical;
using FanIn.Cli.Gain;
using FanIn.Cli.Help;
using FanIn.Cli.Init;
using FanIn.Cli.Plan;
using FanIn.Cli.Sample;
using FanIn.Cli.Verify;

namespace FanIn.Cli;

/// <summary>The <c>fanin</c> tool: reads the command line, runs the command, turns what goes wrong into a sentence and an exit code.</summary>
internal static partial class Tool
{
    /// <summary>Set to 1, an unexpected error shows where it came from.</summary>
    private const string TraceVariable = "FANIN_TRACE";

    public static string Version { get; } =
        typeof(Tool)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0]
        ?? "";

    public static async Task<int> RunAsync(string[] args, Terminal terminal, CancellationToken cancellation = default)
    {
        ToolCommand root = Root(terminal, args);
        ParseResult parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (
            parsed.Action is not HelpPage
            && (parsed.Errors.Count > 0 ? CommandLineFault.Of(parsed) : CommandLineFault.Misplaced(parsed)) is { } fault
        )
        {
            return Fail(terminal, fault, ExitCode.Usage);
        }
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                    ProcessTerminationTimeout = null,
                },
                cancellation
            );
        }
        catch (Exception e)
        {
            return Fail(terminal, e, Environment.GetEnvironmentVariable(TraceVariable) == "1");
        }
    }

    private static ToolCommand Root(Terminal terminal, string[] args)
    {
        var page = new HelpPage(terminal);
        var help = new HelpOption("--help", "-h", "-?")
        {
            Action = page,
            Description = "Shows this page.",
            Recursive = true,
        };
        var version = new Option<bool>("--version")
        {
            Description = "Shows the version.",
            Action = new VersionLine(terminal.Output),
        };
        ToolCommand root = new(
            "fanin",
            "First values for the weights of neural networks: shows on real data what an initialization is worth."
        )
        {
            Groups = [new("Options", [help, version])],
            Notes = () =>
                [
                    new(
                        "Exit codes",
                        [
                            ("0", "done"),
                            ("1", "check found a fault, or verify a difference"),
                            ("2", "wrong usage or bad input: the sentence on standard error says what would be right"),
                            ("3", "interrupted, disk full or another trouble of the moment: worth trying again"),
                        ]
                    ),
                ],
        };
        AddEngineVerbs(root, terminal, args);
        root.Add(CheckCommand.Create(terminal, args));
        root.Add(CriticalCommand.Create(terminal));
        root.Add(GainCommand.Create(terminal));
        root.Add(InitCommand.Create(terminal));
        root.Add(PlanCommand.Create(terminal));
        root.Add(SampleCommand.Create(terminal));
        root.Add(VerifyCommand.Create(terminal));
        root.SetAction(_ =>
        {
            page.Write(root);
            return ExitCode.Done;
        });
        return root;
    }

    private static int Fail(Terminal terminal, Exception e, bool trace)
    {
        (int code, string message) = e switch
        {
            UsageException
            or SpellingException
            or RecipeException
            or LauncherException
            or ModelConfigException
            or SafetensorsException
            or CheckpointConflictException => (ExitCode.Usage, e.Message),
            InsufficientMemoryException => (ExitCode.Usage, e.Message),
            DllNotFoundException or BadImageFormatException => (ExitCode.Usage, e.Message),
            OperationCanceledException => (ExitCode.Retry, "interrupted"),
            IOException or UnauthorizedAccessException => (ExitCode.Retry, e.Message),
            OutOfMemoryException => (ExitCode.Retry, OutOfMemory),
            ExternalException when e.Message.Contains("memory", StringComparison.OrdinalIgnoreCase) => (
                ExitCode.Retry,
                OutOfMemory
            ),
            _ => OfEngine(e)
                ?? (
                    ExitCode.Retry,
                    $"an error that should not happen, please report it with the command: {e.GetType().Name}: {FirstLine(e.Message)}"
                        + (trace ? "" : $" ({TraceVariable}=1 shows where)")
                ),
        };
        Fail(terminal, message, code);
        if (trace)
        {
            terminal.Error.WriteLine(e);
        }
        return code;
    }

    private static int Fail(Terminal terminal, string message, int code)
    {
        terminal.Error.WriteLine($"fanin: {message.ReplaceLineEndings(" ")}");
        return code;
    }

    private const string OutOfMemory =
        "not enough memory: a smaller --network, --batch or --shape needs less, and so do fewer programs beside this one";

    /// <summary>Native errors carry their own stack traces from the second line on.</summary>
    private static string FirstLine(string message) => message.Split('\n')[0].TrimEnd();

    private sealed class VersionLine(TextWriter output) : SynchronousCommandLineAction
    {
        public override int Invoke(ParseResult parseResult)
        {
            output.WriteLine($"fanin {Version}");
            return ExitCode.Done;
        }
    }
}
