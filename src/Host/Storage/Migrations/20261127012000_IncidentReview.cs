using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Unlearning.Host.Storage.Migrations
{
    /// <inheritdoc />
    public partial class IncidentReview : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Incidents_LastSeen_Id",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_Status_LastSeen_Id",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_BaseModelHash_Status_Severity_Fingerprint",
                table: "Incidents");

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_Page",
                table: "Incidents",
                columns: new[] { "LastSeen", "Id", "Assignee" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_PageOfAssignee",
                table: "Incidents",
                columns: new[] { "Assignee", "LastSeen", "Id" },
                filter: "\"Assignee\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_PageOfHazard",
                table: "Incidents",
                columns: new[] { "Hazard", "Status", "LastSeen", "Id", "Policy", "Severity", "Assignee" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_PageOfPolicy",
                table: "Incidents",
                columns: new[] { "Policy", "Status", "LastSeen", "Id", "Severity", "Assignee" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_PageOfStatus",
                table: "Incidents",
                columns: new[] { "Status", "Severity", "LastSeen", "Id", "Assignee" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_Selection",
                table: "Incidents",
                columns: new[] { "BaseModelHash", "Status", "Severity", "Fingerprint", "AnswerMatched", "RemediationEnabled", "SubjectHash", "Id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Incidents_Page",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_PageOfAssignee",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_PageOfHazard",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_PageOfPolicy",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_PageOfStatus",
                table: "Incidents");

            migrationBuilder.DropIndex(
                name: "IX_Incidents_Selection",
                table: "Incidents");

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_LastSeen_Id",
                table: "Incidents",
                columns: new[] { "LastSeen", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_Status_LastSeen_Id",
                table: "Incidents",
                columns: new[] { "Status", "LastSeen", "Id" });

            migrationBuilder.CreateIndex(
                name: "IX_Incidents_BaseModelHash_Status_Severity_Fingerprint",
                table: "Incidents",
                columns: new[] { "BaseModelHash", "Status", "Severity", "Fingerprint" });
        }
    }
}
