using System.CommandLine;
using System.CommandLine.Parsing;

namespace FanIn.Cli;

/// <summary>What is wrong with a command line, in a sentence.</summary>
internal static class CommandLineFault
{
    /// <summary>The first fault, with the nearest option or command where one was mistyped.</summary>
    public static string Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        // An option that isn't known is taken for the argument.
        string? taken = parsed
            .CommandResult.Children.OfType<ArgumentResult>()
            .SelectMany(argument => argument.Tokens)
            .Select(token => token.Value)
            .FirstOrDefault(token => token.StartsWith("--", StringComparison.Ordinal));
        if (taken is not null)
        {
            return UnknownOption(taken, command);
        }
        if (parsed.UnmatchedTokens.Count > 0)
        {
            string token = parsed.UnmatchedTokens[0];
            return token.StartsWith('-') ? UnknownOption(token, command)
                : command.Subcommands.Count > 0
                    ? Spelling.Unknown("command", token, [.. command.Subcommands.Select(c => c.Name)])
                : command.Arguments.Count > 0
                    ? $"{command.Name} takes one {command.Arguments[0].Name}, but got '{token}' too; quote what has spaces"
                : $"{command.Name} takes options only, but got '{token}'; see fanin {command.Name} --help";
        }
        ParseError error = parsed.Errors[0];
        return error.SymbolResult is OptionResult { Option: var option } result ? Fault(option, result) : error.Message;
    }

    /// <summary>
    /// The sentence for what looks like an option and was taken for a value: the library takes it so where a value is due.
    /// Null where there is none.
    /// </summary>
    public static string? Misplaced(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        foreach (SymbolResult child in parsed.CommandResult.Children)
        {
            string? taken = child.Tokens.FirstOrDefault(t => t.Value.StartsWith("--", StringComparison.Ordinal))?.Value;
            if (taken is not null)
            {
                return child is OptionResult { Option: var of } && command.Options.Any(o => o.Name == taken)
                    ? NeedsValue(of)
                    : UnknownOption(taken, command);
            }
        }
        return null;
    }

    /// <summary>The sentence for something that looks like an option and isn't one of the command's.</summary>
    private static string UnknownOption(string token, Command command) =>
        Spelling.Unknown("option", token.Split('=')[0], [.. command.Options.Select(o => o.Name), "--help"]);

    private static string Fault(Option option, OptionResult result) =>
        result.IdentifierTokenCount > 1 ? $"{option.Name} is given {result.IdentifierTokenCount} times; once is right"
        : result.Tokens.Count == 0 ? NeedsValue(option)
        : $"{option.Name} takes one value, but got '{string.Join("' and '", result.Tokens.Select(t => t.Value))}'";

    private static string NeedsValue(Option option) => $"{option.Name} needs a value: {option.Name} {option.HelpName}";
}
