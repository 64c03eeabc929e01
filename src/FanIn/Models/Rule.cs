using System.IO.Enumeration;

namespace FanIn;

/// <summary>
/// Which parameters get which initializer. Where <see cref="Name"/> and <see cref="Role"/> are both given, both must
/// fit. Made by <see cref="For(string, Initializer)"/>, <see cref="For(ParameterRole, Initializer)"/>
/// and <see cref="Keep(string)"/>.
/// </summary>
public sealed record Rule
{
    internal const string AnyName = "*";

    private Rule(string name, ParameterRole? role, Initializer? initializer) =>
        (Name, Role, Initializer) = (name, role, initializer);

    /// <summary>A pattern for the parameter's name: <c>*</c> stands for any characters, <c>?</c> for one; case counts.</summary>
    public string Name { get; init; }

    /// <summary>The role it must have, or null for any.</summary>
    public ParameterRole? Role { get; init; }

    /// <summary>What its values are, or null to leave alone those that it has.</summary>
    public Initializer? Initializer { get; }

    /// <summary>A rule that matches nothing is an error, since it is usually a mistyped name; unless it says that it may.</summary>
    public bool MayMatchNothing { get; init; }

    /// <summary>Parameters whose name fits <paramref name="pattern"/> get <paramref name="initializer"/>.</summary>
    public static Rule For(string pattern, Initializer initializer)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        ArgumentNullException.ThrowIfNull(initializer);
        return new(pattern, null, initializer);
    }

    /// <summary>Parameters of a role get <paramref name="initializer"/>; a model without any is fine.</summary>
    public static Rule For(ParameterRole role, Initializer initializer)
    {
        ArgumentNullException.ThrowIfNull(initializer);
        return new(AnyName, role, initializer) { MayMatchNothing = true };
    }

    /// <summary>Parameters whose name fits <paramref name="pattern"/> are left as they are.</summary>
    public static Rule Keep(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        return new(pattern, null, null);
    }

    /// <summary>For example <c>'encoder.*' -> he_normal</c>.</summary>
    public override string ToString() =>
        (Role is { } role ? $"{EnumSpelling<ParameterRole>.Names[(int)role]} " : "")
        + $"'{Name}' -> {(Initializer is null ? "keep" : Initializer.ToString())}";

    /// <summary>A rule fits a parameter by its name or by its key, which lacks the wrappers' prefixes.</summary>
    internal bool Matches(ParameterDescription parameter, string key) =>
        (Role is null || Role == parameter.Role) && (MatchesName(parameter.Name) || MatchesName(key));

    internal bool MatchesName(string name) => FileSystemName.MatchesSimpleExpression(Name, name, ignoreCase: false);
}
