using System.Collections.Immutable;
using System.CommandLine;

namespace FanIn.Cli.Help;

/// <summary>A command with what its help page shows beside a summary: options in groups, examples, notes.</summary>
internal sealed class ToolCommand(string name, string summary) : Command(name, summary)
{
    private ImmutableArray<OptionGroup> _groups = [];

    /// <summary>The options, in the order of the page, which passes over hidden ones; setting them adds them to the command.</summary>
    public ImmutableArray<OptionGroup> Groups
    {
        get => _groups;
        init
        {
            _groups = value;
            foreach (Option option in value.SelectMany(group => group.Options))
            {
                Options.Add(option);
            }
        }
    }

    /// <summary>What stands behind the name.</summary>
    public string Usage { get; init; } = "[OPTION ...]";

    /// <summary>Whole command lines.</summary>
    public ImmutableArray<Example> Examples { get; init; } = [];

    /// <summary>
    /// Further sections: a heading and entries of a name and its explanation. Made when a page is shown, since lists of whole
    /// catalogues would take longer than many commands.
    /// </summary>
    public Func<ImmutableArray<HelpSection>> Notes { get; init; } = () => [];
}

/// <summary>Options that belong together.</summary>
internal sealed record OptionGroup(string Heading, ImmutableArray<Option> Options);

/// <summary>A command line and what it does.</summary>
internal sealed record Example(string CommandLine, string Does);

/// <summary>A heading with explained names, or with text alone where the name is empty.</summary>
internal sealed record HelpSection(string Heading, ImmutableArray<(string Name, string Text)> Entries);
