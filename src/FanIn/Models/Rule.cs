using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FanIn;

/// <summary>
/// Which parameters get which initializer. What is given of <see cref="Name"/>, <see cref="LayerKind"/> and
/// <see cref="Role"/> must all fit. Made by <see cref="For(string, Initializer)"/> and its kin and by
/// <see cref="Keep(string)"/>, refined by <c>with</c>.
/// </summary>
/// <example><code>
/// Rule.For("*.attn.c_proj.weight", "normal(std=0.02/sqrt(2*depth))")
/// Rule.For("*", Initializer.HeNormal()) with { LayerKind = "Conv2d", Role = ParameterRole.Weight }
/// </code></example>
public sealed partial record Rule
{
    internal const string AnyName = "*";

    private readonly RuleInitializer? _initializer;
    private readonly NamePattern _pattern = new(AnyName);
    private readonly NamePattern? _kind;

    private Rule(string name, RuleInitializer? initializer)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        (Name, _initializer) = (name, initializer);
    }

    /// <summary>
    /// A pattern for the parameter's name: <c>*</c> stands for any characters, <c>?</c> for one, <c>|</c> separates
    /// alternatives; case counts. It may fit the parameter's key (its name without wrappers such as <c>module.</c>), any of
    /// its other names where it is shared, or, for a block of a packed parameter, one of these with <c>#block</c>.
    /// A pattern that starts with a wrapper means the full name.
    /// </summary>
    /// <exception cref="ArgumentException">It or one of its alternatives is empty.</exception>
    public string Name
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _pattern = new(value);
            field = _pattern.HasEmptyAlternative
                ? throw new ArgumentException(
                    $"The pattern {Spelling.Quote(value)} has an empty alternative.",
                    nameof(value)
                )
                : value;
        }
    }

    /// <summary>The kind of layer that it must belong to, in the framework's word; a pattern as the name is; "" for any.</summary>
    /// <exception cref="ArgumentException">One of its alternatives is empty.</exception>
    public string LayerKind
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _kind = value.Length == 0 ? null : new(value);
            field = _kind is { HasEmptyAlternative: true }
                ? throw new ArgumentException(
                    $"The kind {Spelling.Quote(value)} has an empty alternative.",
                    nameof(value)
                )
                : value;
        }
    } = "";

    /// <summary>The role it must have, or null for any.</summary>
    public ParameterRole? Role { get; init; }

    /// <summary>
    /// The key that its random numbers hang on, or null for the usual one. <c>{1}</c> is what the first <c>*</c> of
    /// <see cref="Name"/> stands for, <c>{2}</c> the second: <c>*.attn.c_attn.weight#q</c> with the key
    /// <c>{1}.attn.q_proj.weight</c> gives the packed matrix's query the values of a matrix stored apart under that name.
    /// </summary>
    public string? Key { get; init; }

    /// <summary>What its values are; null where they are kept, or where expressions make it depend on the parameter.</summary>
    public Initializer? Initializer => _initializer?.Fixed;

    /// <summary>The initializer as it was written, with its expressions; "keep" where values are kept.</summary>
    public string Text => _initializer?.Text ?? "keep";

    /// <summary>True where values are left as they are.</summary>
    public bool IsKeep => _initializer is null;

    /// <summary>A rule that matches nothing is an error, since it is usually a mistyped name; unless it says that it may.</summary>
    public bool MayMatchNothing { get; init; }

    /// <summary>
    /// A rule that fits only what earlier rules take is an error, since the order is usually a mistake; unless it says that
    /// it may be. <see cref="Recipe.With"/> says so of the rules that it puts others before.
    /// </summary>
    public bool MayBeOverruled { get; init; }

    /// <summary>Parameters whose name fits <paramref name="pattern"/> get <paramref name="initializer"/>.</summary>
    public static Rule For(string pattern, Initializer initializer) => new(pattern, RuleInitializer.Of(initializer));

    /// <summary>
    /// Parameters whose name fits <paramref name="pattern"/> get the initializer of a text form, whose numbers may be
    /// expressions of <c>depth</c>, <c>layer</c>, <c>fan_in</c>, <c>fan_out</c>, <c>width</c>.
    /// </summary>
    /// <exception cref="SpellingException">Unknown name, argument or variable, or a value out of range.</exception>
    public static Rule For(string pattern, string initializer) => new(pattern, RuleInitializer.Parse(initializer));

    /// <summary>Parameters of a role get <paramref name="initializer"/>; a model without any is fine.</summary>
    public static Rule For(ParameterRole role, Initializer initializer) =>
        new(AnyName, RuleInitializer.Of(initializer)) { Role = role, MayMatchNothing = true };

    /// <summary>As <see cref="For(string, string)"/>, for the parameters of a role; a model without any is fine.</summary>
    /// <exception cref="SpellingException">Unknown name, argument or variable, or a value out of range.</exception>
    public static Rule For(ParameterRole role, string initializer) =>
        new(AnyName, RuleInitializer.Parse(initializer)) { Role = role, MayMatchNothing = true };

    /// <summary>Parameters whose name fits <paramref name="pattern"/> are left as they are.</summary>
    public static Rule Keep(string pattern) => new(pattern, null);

    /// <summary>
    /// For example <c>weight of Conv2d 'encoder.*' -> he_normal</c>; of a long pattern the first alternatives.
    /// </summary>
    public override string ToString() =>
        (Role is { } role ? $"{Spelling.Word(role)} " : "")
        + (LayerKind.Length > 0 ? $"of {LayerKind} " : "")
        + $"'{ShortName}' -> {Text}"
        + (Key is null ? "" : $" under '{Key}'");

    /// <summary>The pattern as it fits into a sentence.</summary>
    private string ShortName
    {
        get
        {
            const int Longest = 80;
            int end = Name.Length <= Longest ? -1 : Name.LastIndexOf('|', Longest);
            return end < 0 ? Name : $"{Name.AsSpan(0, end)}|...";
        }
    }

    /// <summary>What rules are chosen by: two rules with the same are equal in rank.</summary>
    internal (string Name, string LayerKind, ParameterRole? Role) Selector =>
        (_pattern.Identity, _kind?.Identity ?? "", Role);

    /// <summary>Where the rule's key doesn't fit its pattern, the sentence that says so.</summary>
    internal string? Fault
    {
        get
        {
            foreach (Match place in Key is null ? [] : Places().Matches(Key).AsEnumerable())
            {
                int number = int.TryParse(place.Groups["number"].ValueSpan, CultureInfo.InvariantCulture, out int n)
                    ? n
                    : 0;
                if (number < 1 || number > _pattern.Captures)
                {
                    return $"the rule {this} has {place.Value} in its key, but the pattern has {_pattern.Captures} '*'; the first is {{1}}";
                }
            }
            return null;
        }
    }

    internal RuleInitializer? Given => _initializer;

    /// <summary>The key for a part that matched, or null for the usual one.</summary>
    internal string? KeyFrom(ImmutableArray<string> captures) =>
        Key is null
            ? null
            : Places()
                .Replace(
                    Key,
                    place => captures[int.Parse(place.Groups["number"].ValueSpan, CultureInfo.InvariantCulture) - 1]
                );

    internal bool FitsKindAndRole(ParameterDescription parameter) =>
        (Role is null || Role == parameter.Role) && FitsKind(parameter.LayerKind);

    internal bool FitsKind(string kind) => _kind is null || _kind.Match(kind) is not null;

    /// <summary>What the <c>*</c>s stand for where the pattern fits the parameter, or the block of it; null where it doesn't.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <param name="block">The block's name, or null for the parameter as a whole.</param>
    internal ImmutableArray<string>? MatchName(ParameterDescription parameter, string? block)
    {
        string suffix = block is null ? "" : $"#{block}";
        return Match(ParameterNames.KeyOf(parameter.Name), null)
            ?? Match(parameter.Name, ParameterNames.HasWrapper)
            ?? parameter
                .Aliases.Select(alias => Match(ParameterNames.KeyOf(alias), null))
                .FirstOrDefault(m => m is not null);

        ImmutableArray<string>? Match(string name, Func<string, bool>? accepts) =>
            _pattern.Match(name + suffix, accepts);
    }

    internal bool MatchesName(string name) => _pattern.Match(name) is not null;

    /// <summary>True when both choose the same parameters and give them the same.</summary>
    public bool Equals(Rule? other) =>
        other is not null
        && (Name, LayerKind, Role, Key, MayMatchNothing, MayBeOverruled)
            == (other.Name, other.LayerKind, other.Role, other.Key, other.MayMatchNothing, other.MayBeOverruled)
        && Equals(_initializer, other._initializer);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, LayerKind, Role, Key, _initializer);

    [GeneratedRegex(@"\{(?<number>\d+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Places();
}
