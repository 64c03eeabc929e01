using Spectre.Console;

namespace FanIn.Cli;

/// <summary>Lines of which a part is coloured on a terminal; plain text in a pipe. It breaks none: they are as wide as they are.</summary>
internal sealed class ColouredLines(Terminal terminal)
{
    private readonly IAnsiConsole? _console = terminal.OutputIsWatched ? Console(terminal) : null;

    /// <summary>A line in three parts, the second in one of Spectre.Console's colours.</summary>
    public void Write(string plain = "", string coloured = "", string colour = "default", string rest = "")
    {
        (plain, coloured, rest) = (Clean(plain), Clean(coloured), Clean(rest));
        if (_console is null || coloured.Length == 0)
        {
            terminal.Output.WriteLine(plain + coloured + rest);
        }
        else
        {
            _console.MarkupLine($"{Markup.Escape(plain)}[{colour}]{Markup.Escape(coloured)}[/]{Markup.Escape(rest)}");
        }
    }

    /// <summary>Names from a file may hold what a terminal would obey.</summary>
    private static string Clean(string text) =>
        text.Any(char.IsControl) ? string.Concat(text.Select(c => char.IsControl(c) ? '?' : c)) : text;

    private static IAnsiConsole Console(Terminal terminal)
    {
        IAnsiConsole console = AnsiConsole.Create(
            new AnsiConsoleSettings { Out = new AnsiConsoleOutput(terminal.Output) }
        );
        // Lines are broken where they are made.
        console.Profile.Width = int.MaxValue;
        return console;
    }
}
