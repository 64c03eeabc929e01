namespace FanIn.Cli;

/// <summary>The command as one could type it again.</summary>
internal static class CommandLineText
{
    public static string Of(IEnumerable<string> args) => string.Join(' ', args.Select(Quote).Prepend("fanin"));

    private static string Quote(string argument) =>
        argument.Length > 0
        && argument.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal))
            ? argument
            : $"'{argument.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
