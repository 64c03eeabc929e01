using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace FanIn.Lab;

/// <summary>
/// Results of trials on disk, each under the key of everything it depends on, kept as soon as it is done: a study that
/// was interrupted, or asked for again with more seeds, runs what is missing and no more.
/// </summary>
public sealed class TrialStore : IDisposable
{
    /// <summary>Part of every key: a change of how trials are run or drawn makes old results unfit.</summary>
    private const string Version = "1";

    private readonly SqliteConnection _connection;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;

    private TrialStore(SqliteConnection connection, TimeProvider time) => (_connection, _time) = (connection, time);

    /// <summary>Opens or creates the store <c>trials.db</c> in a folder.</summary>
    /// <exception cref="StoreException">The folder can't be written to, or the file isn't a store.</exception>
    public static TrialStore Open(string folder, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        string path = Path.Combine(folder, "trials.db");
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(folder);
            connection = new SqliteConnection(
                new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString()
            );
            connection.Open();
            // A write is tried at once: better to learn of a read-only folder now than after the first training.
            Execute(connection, "PRAGMA busy_timeout = 10000");
            Execute(
                connection,
                "CREATE TABLE IF NOT EXISTS trials (key TEXT PRIMARY KEY, done TEXT NOT NULL, result BLOB NOT NULL)"
            );
            Execute(connection, "CREATE TABLE IF NOT EXISTS opened (at TEXT NOT NULL)");
            Execute(connection, "DELETE FROM opened");
            return new(connection, time ?? TimeProvider.System);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new StoreException(
                $"The output folder '{folder}' can't be written to or holds a file that isn't ours ({path}): {e.Message}",
                e
            );
        }
    }

    /// <summary>The key of a trial: a hash of all that its result depends on.</summary>
    internal static string Key(params ReadOnlySpan<string> parts)
    {
        var text = new StringBuilder(Version);
        foreach (string part in parts)
        {
            text.Append('\0').Append(part);
        }
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    /// <summary>The result stored under a key, or null. One that can't be read counts as missing.</summary>
    internal TrialResult? Find(string key)
    {
        lock (_lock)
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = "SELECT result FROM trials WHERE key = $key";
            command.Parameters.AddWithValue("$key", key);
            try
            {
                return command.ExecuteScalar() is byte[] stored
                    ? JsonSerializer.Deserialize(stored, ResultJson.Default.TrialResult)
                    : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>Keeps a result.</summary>
    /// <exception cref="StoreException">The disk is full or gone.</exception>
    internal void Put(string key, TrialResult result)
    {
        byte[] stored = JsonSerializer.SerializeToUtf8Bytes(result, ResultJson.Default.TrialResult);
        lock (_lock)
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = "INSERT OR REPLACE INTO trials (key, done, result) VALUES ($key, $done, $result)";
            command.Parameters.AddWithValue("$key", key);
            command.Parameters.AddWithValue("$done", _time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture));
            command.Parameters.AddWithValue("$result", stored);
            try
            {
                command.ExecuteNonQuery();
            }
            catch (SqliteException e)
            {
                throw new StoreException($"A result could not be stored in '{_connection.DataSource}': {e.Message}", e);
            }
        }
    }

    /// <summary>Forgets all results.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            Execute(_connection, "DELETE FROM trials");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
