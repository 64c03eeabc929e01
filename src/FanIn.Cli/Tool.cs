using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using FanIn.Cli.Compare;
using FanIn.Lab;

namespace FanIn.Cli;

/// <summary>The <c>fanin</c> tool: reads the command line, runs the command, turns what goes wrong into a sentence and an exit code.</summary>
internal static class Tool
{
    public static async Task<int> RunAsync(string[] args, Terminal terminal)
    {
        RootCommand root = new(
            "First values for the weights of neural networks: what an initialization is worth, on real data."
        )
        {
            CompareCommand.Create(terminal, args),
        };
        root.SetAction(_ => new HelpAction().Invoke(root.Parse("--help")));
        ParseResult parsed = root.Parse(args);
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            return Fail(terminal, Explain(parsed));
        }
        try
        {
            return await parsed.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = terminal.Output,
                    Error = terminal.Error,
                    EnableDefaultExceptionHandler = false,
                }
            );
        }
        catch (Exception e) when (e is UsageException or SpellingException or DataFormatException or RecipeException)
        {
            return Fail(terminal, e.Message);
        }
        catch (DllNotFoundException e)
        {
            return Fail(terminal, e.Message);
        }
        catch (IOException e)
        {
            terminal.Error.WriteLine($"fanin: {Sentence(e.Message)}");
            return ExitCode.Retry;
        }
    }

    private static int Fail(Terminal terminal, string message)
    {
        terminal.Error.WriteLine($"fanin: {Sentence(message)}");
        return ExitCode.Usage;
    }

    /// <summary>One line, without the parameter's name that argument exceptions add.</summary>
    private static string Sentence(string message) => message.ReplaceLineEndings(" ");

    /// <summary>The first error, with the nearest option or command where one was mistyped.</summary>
    private static string Explain(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            Command command = parsed.CommandResult.Command;
            string[] known = token.StartsWith('-')
                ? [.. command.Options.Select(o => o.Name)]
                : [.. command.Subcommands.Select(c => c.Name)];
            if (known.Length > 0)
            {
                return Spelling.Unknown(token.StartsWith('-') ? "option" : "command", token, known);
            }
        }
        return parsed.Errors[0].Message;
    }
}
