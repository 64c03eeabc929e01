using System.Text.RegularExpressions;

namespace FanIn.Onnx;

/// <summary>
/// What a person can use of ONNX Runtime's messages: the innermost node that failed, and why. Error codes, source files, C++
/// signatures and failed conditions are left out.
/// </summary>
internal static partial class OrtReason
{
    private const int Longest = 190;

    /// <summary>What names in a model make longer than this is cut first, so that no pattern takes long.</summary>
    private const int MostText = 8000;

    private const int Milliseconds = 1000;

    /// <summary>A reason as half a sentence, without the full stop.</summary>
    public static string Of(string message)
    {
        // A node in a body repeats what the nodes around it say: the last is where it happened.
        string node = "";
        message = message.Length <= MostText ? message : message[^MostText..];
        foreach (Match match in Node().Matches(message))
        {
            node =
                $"at the {match.Groups["operator"].Value} node '{ExternalData.Printable(match.Groups["name"].Value)}': ";
        }
        int status = message.LastIndexOf("Status Message:", StringComparison.Ordinal);
        string reason = message[(status < 0 ? 0 : status + "Status Message:".Length)..];
        reason = Code().Replace(reason, "");
        reason = Source().Replace(reason, "");
        reason = Condition().Replace(reason, "");
        reason = reason.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            is [var line, ..]
            ? Spaces().Replace(line, " ").Trim()
            : "";
        if (reason.Length > Longest)
        {
            int end = reason.LastIndexOf(' ', Longest);
            reason = $"{reason[..(end > 0 ? end : Longest)]} ...";
        }
        reason = ExternalData.Printable(reason);
        return reason.Length == 0
            ? $"{node}it says no reason"
            : node + (reason.EndsWith("...", StringComparison.Ordinal) ? reason : reason.TrimEnd('.'));
    }

    [GeneratedRegex(
        @"running (?<operator>\w+) node\. Name:'(?<name>[^']*)'",
        RegexOptions.ExplicitCapture,
        Milliseconds
    )]
    private static partial Regex Node();

    [GeneratedRegex(
        @"^\s*\[ErrorCode:[^\]]*\]\s*|^\s*\[ONNXRuntimeError\][^:]*:(?:[^:]*:){0,2}",
        RegexOptions.None,
        Milliseconds
    )]
    private static partial Regex Code();

    /// <summary>A source file and its line, with the signature of the function in it where there is one.</summary>
    [GeneratedRegex(
        @"\S*\.(?:cc|h|hpp|cpp):\d+:?\s+(?:(?:[\w:<>&*,~ ]+)\([^()]*\)(?:\s*const)?(?:\s*\[with[^\]]*\])?)?\s*",
        RegexOptions.None,
        Milliseconds
    )]
    private static partial Regex Source();

    [GeneratedRegex(@"^[^.]*? was false\.\s*(?=\S)", RegexOptions.None, Milliseconds)]
    private static partial Regex Condition();

    [GeneratedRegex(@"\s+", RegexOptions.None, Milliseconds)]
    private static partial Regex Spaces();
}
