using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Invocation;

namespace FanIn.Cli.Help;

/// <summary>Writes a command's help: what it does, how it is called, examples, options in groups, notes.</summary>
internal sealed class HelpPage(Terminal terminal) : SynchronousCommandLineAction
{
    private const int WidestPage = 100;
    private const int WidestName = 24;

    private readonly int _width = Math.Clamp(
        terminal.OutputIsWatched ? terminal.Width - 1 ?? 80 : 80,
        WidestName + 20,
        WidestPage
    );

    public override int Invoke(ParseResult parseResult)
    {
        Write(parseResult.CommandResult.Command);
        return ExitCode.Done;
    }

    public void Write(Command command)
    {
        Command[] subcommands = [.. command.Subcommands.Where(c => !c.Hidden)];
        bool isRoot = subcommands.Length > 0;
        Paragraph("", command.Description ?? "");
        Section("Usage");
        Paragraph(
            "  ",
            isRoot ? "fanin COMMAND [OPTION ...]" : $"fanin {command.Name} {(command as ToolCommand)?.Usage}"
        );
        if (isRoot)
        {
            Section("Commands");
            Entries([.. subcommands.Select(c => (c.Name, c.Description ?? ""))]);
        }
        if (command is ToolCommand page)
        {
            if (!page.Examples.IsEmpty)
            {
                Section("Examples");
            }
            foreach (Example example in page.Examples)
            {
                terminal.Output.WriteLine($"  {example.CommandLine}");
                Paragraph("      ", example.Does);
            }
            foreach (OptionGroup group in page.Groups.Where(group => group.Options.Any(o => !o.Hidden)))
            {
                Section(group.Heading);
                Entries([
                    .. group
                        .Options.Where(o => !o.Hidden)
                        .Select(o => ($"{o.Name} {o.HelpName}".TrimEnd(), o.Description ?? "")),
                ]);
            }
            foreach (HelpSection section in page.Notes())
            {
                Section(section.Heading);
                Entries(section.Entries);
            }
        }
        if (isRoot)
        {
            terminal.Output.WriteLine();
            Paragraph("", $"'fanin {subcommands[0].Name} --help' explains a command and its options.");
        }
    }

    private void Section(string heading)
    {
        terminal.Output.WriteLine();
        terminal.Output.WriteLine($"{heading}:");
    }

    private void Paragraph(string indent, string text)
    {
        foreach (string line in Wrapping.Lines(text, _width - indent.Length))
        {
            terminal.Output.WriteLine(indent + line);
        }
    }

    private void Entries(ImmutableArray<(string Name, string Text)> entries)
    {
        int column = Math.Min(entries.Max(e => e.Name.Length), WidestName);
        foreach ((string name, string text) in entries)
        {
            // What has no name is of all the entries.
            string indent = new(' ', name.Length > 0 ? column + 4 : 2);
            string[] lines = [.. Wrapping.Lines(text, _width - indent.Length)];
            int first = 0;
            if (name.Length > column)
            {
                terminal.Output.WriteLine($"  {name}");
            }
            else if (name.Length > 0)
            {
                terminal.Output.WriteLine($"  {name.PadRight(column)}  {lines[first++]}");
            }
            foreach (string line in lines.Skip(first))
            {
                terminal.Output.WriteLine(indent + line);
            }
        }
    }
}
